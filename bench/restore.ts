/**
 * What restoring costs this machine: microseconds of client CPU per item of about 350 bytes, how many times that of comparing the
 * table with the dump (which reads both once), and peak memory, at growing sizes; start-up is measured on one item and taken off.
 *
 *   bun bench/restore.ts [items …]        (default: 20000 200000; 1000000 takes half an hour)
 *
 * Runs ./ddbr against DynamoDB Local, or against DDBR_TEST_DYNAMODB.
 */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DeleteTableCommand } from "@aws-sdk/client-dynamodb";
import { startReaper } from "../scripts/testbed/reaper.ts";
import { provideServers } from "../scripts/testbed/servers.ts";
import { DDBR } from "../test/helpers/cli.ts";
import { dynamoDbEndpoint } from "../test/helpers/dynamodb.ts";
import { uniqueName } from "../test/helpers/environment.ts";
import { order } from "../test/helpers/orders.ts";
import { createTable } from "../test/helpers/table.ts";

const sizes = process.argv.length > 2 ? process.argv.slice(2).map(Number) : [20_000, 200_000];

const reaper = startReaper();
Object.assign(process.env, await provideServers(reaper));

interface Run {
  cpuMs: number;
  peakMb: number;
  seconds: number;
}

/** Where things are while one size is measured. */
interface Places {
  dump: string;
  /** Holds what the dump holds. */
  equal: string;
  /** Exists and is empty at first. */
  empty: string;
  /** Does not exist at first. */
  fresh: string;
  /** A name for an undo file. */
  undo(job: string): string;
}

const BASELINE = "compare with the dump";

/** What is measured, in an order in which each finds what it needs. */
const JOBS: Record<string, (places: Places) => string[]> = {
  [BASELINE]: ({ dump, equal }) => ["incremental-diff", equal, dump],
  "plan, table is equal": ({ dump, equal }) => [
    "restore-table",
    dump,
    equal,
    "--mode",
    "replace",
    "--dry-run",
  ],
  "plan, table is empty": ({ dump, empty }) => ["restore-table", dump, empty, "--dry-run"],
  "into a table it makes": ({ dump, fresh, undo }) => [
    ...["restore-table", dump, fresh, "--create", "--yes", "--undo-file", undo("create")],
  ],
  "puts on conditions": ({ dump, empty, undo }) => [
    ...["restore-table", dump, empty, "--yes", "--undo-file", undo("put")],
  ],
  "undo, by deletions": ({ undo }) => ["undo", undo("put"), "--yes", "--undo-file", undo("undo")],
};

const folder = mkdtempSync(join(tmpdir(), "ddbr-bench-"));
const original = await createTable();
try {
  const start: Record<string, Run> = {};
  // One item, because nothing is refused as a backup.
  let loaded = 0;
  for (const size of [1, ...sizes]) {
    await original.load(orders(loaded, size));
    loaded = size;
    let baseline: number | undefined;
    for await (const [job, run] of measureAll(size)) {
      start[job] ??= run;
      if (size === 1) continue;
      const perItem = ((run.cpuMs - start[job].cpuMs) * 1000) / size;
      baseline ??= perItem;
      console.log(`${String(size).padStart(8)} ${job.padEnd(22)} ${figures(run, perItem, baseline)}`);
    }
  }
} finally {
  await original.drop();
  rmSync(folder, { recursive: true, force: true });
  await reaper.reap();
}

function* orders(from: number, to: number) {
  for (let index = from; index < to; index++) yield order(`order-${index}`);
}

async function* measureAll(size: number): AsyncGenerator<[job: string, run: Run]> {
  const empty = await createTable();
  const fresh = uniqueName("t");
  const places: Places = {
    dump: join(folder, `${size}`),
    equal: original.location,
    empty: empty.location,
    fresh: `${dynamoDbEndpoint()}/${fresh}`,
    undo: (job) => join(folder, `${size}-${job}.ndjson`),
  };
  try {
    await measure(["backup-table", original.location, folder, "--jobid", `${size}`]);
    for (const [job, words] of Object.entries(JOBS)) yield [job, await measure(words(places))];
  } finally {
    await empty.client.send(new DeleteTableCommand({ TableName: fresh })).catch(() => {});
    await empty.drop();
  }
}

/** Runs once and reads the system's own accounting of the process. */
async function measure(words: string[]): Promise<Run> {
  const begin = performance.now();
  const child = Bun.spawn([DDBR, ...words, "--quiet"], {
    stdin: "ignore",
    stdout: "pipe",
    stderr: "inherit",
    env: { ...process.env, AWS_REGION: "us-east-1" },
  });
  const output = await child.stdout.text();
  if ((await child.exited) !== 0) throw new Error(`${words.join(" ")} failed:\n${output}`);
  const { cpuTime, maxRSS } = child.resourceUsage()!;
  return {
    cpuMs: Number(cpuTime.total) / 1000,
    peakMb: maxRSS / 1024 / 1024,
    seconds: (performance.now() - begin) / 1000,
  };
}

function figures({ peakMb, seconds }: Run, perItem: number, baseline: number): string {
  const times = (perItem / baseline).toFixed(2);
  return `${perItem.toFixed(1).padStart(7)} µs of client CPU, ${times.padStart(5)} times, peak ${peakMb.toFixed(0)} MB, ${seconds.toFixed(1)} s`;
}
