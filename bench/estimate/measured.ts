import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DeleteTableCommand } from "@aws-sdk/client-dynamodb";
import { DDBR } from "../../test/helpers/cli.ts";
import { createBucket, s3Credentials } from "../../test/helpers/s3.ts";
import { createTable, type Item, type TestTable } from "../../test/helpers/table.ts";
import type { Step } from "./jobs.ts";

export interface Run {
  cpuMs: number;
  seconds: number;
  /** Of what the program tells of itself at its end; empty where it tells nothing. */
  ends: Partial<Record<string, EndTotals>>;
  /** Bytes of a dump. */
  stored: number;
}

/** Of the requests to a table or a place. */
export interface EndTotals {
  requests: number;
  readUnits: number;
  writeUnits?: number;
}

/** Makes tables of these items, does what comes before, and runs the program: the fastest of so many runs, as whatever else the machine does only adds. */
export async function measured(
  { words, before, hasReplica }: Step,
  items: () => Iterable<Item>,
  segments: number,
  runs = 1,
): Promise<Run> {
  const [primary, replica] = await Promise.all([createTable(), createTable()]);
  const bucket = await createBucket();
  const folder = mkdtempSync(join(tmpdir(), "ddbr-bench-"));
  try {
    const filled = hasReplica ? [primary, replica] : [primary];
    await Promise.all(filled.map((table) => table.load(items())));
    const places = { primary, replica, bucket: bucket.name, folder };
    if (before !== undefined) await run([...before(places), "--quiet"]);
    const all: Run[] = [];
    for (let count = 0; count < runs; count++) {
      all.push(await withEmptyTable((empty) => run([...words({ ...places, empty }, segments), "--json"])));
    }
    return all.reduce((fastest, one) => (one.seconds < fastest.seconds ? one : fastest));
  } finally {
    await Promise.all([primary.drop(), replica.drop(), bucket.drop()]);
    rmSync(folder, { recursive: true, force: true });
  }
}

async function withEmptyTable(work: (empty: TestTable) => Promise<Run>): Promise<Run> {
  const empty = await createTable();
  try {
    return await work(empty);
  } finally {
    const made = new DeleteTableCommand({ TableName: `${empty.name}-made` });
    await empty.client.send(made).catch(() => {});
    await empty.drop();
  }
}

async function run(words: string[]): Promise<Run> {
  const begin = performance.now();
  const child = Bun.spawn([DDBR, ...words], {
    stdin: "ignore",
    stdout: "pipe",
    stderr: "inherit",
    env: environment(),
  });
  const output = await child.stdout.text();
  if ((await child.exited) !== 0) throw new Error(`${words.join(" ")} failed:\n${output}`);
  const seconds = (performance.now() - begin) / 1000;
  const cpuMs = Number(child.resourceUsage()!.cpuTime.total) / 1000;
  return { cpuMs, seconds, ...told(output) };
}

function told(output: string): Pick<Run, "ends" | "stored"> {
  const last = output.trim().split("\n").at(-1)!;
  if (!last.startsWith("{")) return { ends: {}, stored: 0 };
  const { storedBytes = 0, ...ends } = JSON.parse(last).totals;
  return { ends, stored: storedBytes };
}

function environment(): Record<string, string | undefined> {
  const { accessKeyId, secretAccessKey } = s3Credentials();
  return {
    ...process.env,
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
  };
}
