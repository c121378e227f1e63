/**
 * What the Lambda functions cost, in Lambda's own runtime on each Node that it has: how long they take to start, client CPU for each
 * record of about 350 bytes, records a second from servers on this machine, and peak memory.
 *
 *   bun bench/lambda.ts [records]        (default: 10000)
 *
 * Runs the built ZIP file against DynamoDB Local and Ceph's gateway, or against DDBR_TEST_DYNAMODB and DDBR_TEST_S3.
 */

import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installAbsent } from "../scripts/testbed/install.ts";
import { installRuntimes, nodeIn } from "../scripts/testbed/lambda-runtimes.ts";
import { startReaper } from "../scripts/testbed/reaper.ts";
import { provideServers } from "../scripts/testbed/servers.ts";
import { createBucket } from "../test/helpers/s3.ts";
import { createTable } from "../test/helpers/table.ts";
import { unpackBundle } from "../test-lambda/helpers/bundle.ts";
import { backupVariables, replicateVariables, snapshotVariables } from "../test-lambda/helpers/functions.ts";
import {
  type FunctionOptions,
  type LambdaFunction,
  MEMORY_MB,
  NODE_VERSIONS,
  startFunction,
  withFunction,
} from "../test-lambda/helpers/lambda-function.ts";
import { insertedOrders } from "../test-lambda/helpers/stream-events.ts";

const records = Number(process.argv[2] ?? 10_000);
const BATCHES = [100, 1_000];
const STARTS = 10;
/** What /proc counts CPU time in, a second's part. */
const TICKS = 100;

const reaper = startReaper();
await installAbsent(["lambda"]);
process.env.DDBR_TEST_LAMBDA = await installRuntimes(reaper);
Object.assign(process.env, await provideServers(reaper));

const bundle = await unpackBundle();
const empty = await mkdtemp(join(tmpdir(), "ddbr-empty-"));
await writeFile(join(empty, "index.mjs"), "export const empty = async () => {};\n");
const [table, bucket] = await Promise.all([createTable(), createBucket()]);
const variables: Record<string, Record<string, string>> = {
  replicate: replicateVariables(table),
  backup: backupVariables(bucket.name),
  snapshot: snapshotVariables(bucket.name, "orders", "snapshots/orders.gz"),
};
try {
  console.log(`the ZIP file: ${(bundle.zipBytes / 1000).toFixed(0)} kB; functions of ${MEMORY_MB} MB`);
  for (const node of NODE_VERSIONS) {
    const none = await start({ node, root: empty, handler: "empty", variables: {} });
    console.log(`Node ${node}, an empty function: ${none}`);
    for (const [handler, own] of Object.entries(variables)) {
      const options = { node, root: bundle.root, handler, variables: own };
      console.log(
        `Node ${node}, ${handler}: ${await start(options)}, of which import ${await importMs(options)}`,
      );
    }
    for (const handler of ["replicate", "backup"]) {
      for (const size of BATCHES) {
        const figures = await replay(
          { node, root: bundle.root, handler, variables: variables[handler]! },
          size,
        );
        console.log(`Node ${node}, ${handler}, batches of ${String(size).padStart(4)}: ${figures}`);
      }
    }
  }
} finally {
  await Promise.all([table.drop(), bucket.drop(), bundle.drop(), rm(empty, { recursive: true })]);
  await reaper.reap();
}

/** From the process's start until it asks for its first event. */
async function start(options: FunctionOptions): Promise<string> {
  const times: number[] = [];
  const cpus: number[] = [];
  for (let run = 0; run < STARTS; run++) {
    const begin = performance.now();
    const lambda = await startFunction(options);
    times.push(performance.now() - begin);
    cpus.push(await cpuMs(lambda));
    await lambda.stop();
  }
  const cpu = cpus.reduce((sum, one) => sum + one) / STARTS;
  return `starts in ${bestAndUsual(times)}, with ${cpu.toFixed(0)} ms of CPU`;
}

/** Of the module alone, with the function made. */
async function importMs({ node, root, handler, variables: own }: FunctionOptions): Promise<string> {
  const program = `const begin = performance.now(); await import(${JSON.stringify(join(root, "index.mjs"))}); console.log(performance.now() - begin);`;
  const times: number[] = [];
  for (let run = 0; run < STARTS; run++) {
    const child = Bun.spawn(
      [nodeIn(process.env.DDBR_TEST_LAMBDA!, node), "--input-type=module", "--eval", program],
      { env: { ...own, _HANDLER: `index.${handler}` }, stderr: "inherit" },
    );
    times.push(Number(await child.stdout.text()));
  }
  return bestAndUsual(times);
}

/** Replays records in one process, which a first batch has warmed up. */
function replay(options: FunctionOptions, size: number): Promise<string> {
  return withFunction(options, async (lambda) => {
    await invoke(lambda, -size, size);
    const begin = performance.now();
    const cpuBefore = await cpuMs(lambda);
    for (let from = 0; from < records; from += size) await invoke(lambda, from, size);
    const seconds = (performance.now() - begin) / 1000;
    const cpu = ((await cpuMs(lambda)) - cpuBefore) * 1000;
    const rate = (records / seconds).toFixed(0);
    return `${(cpu / records).toFixed(0)} µs of CPU a record, ${rate} records/s, peak ${await peakMb(lambda)} MB`;
  });
}

async function invoke(lambda: LambdaFunction, from: number, size: number): Promise<void> {
  const first = from + size;
  const outcome = await lambda.invoke({ Records: insertedOrders("orders", first, first + size) });
  if (!("answer" in outcome)) throw new Error(outcome.error.errorMessage);
}

/** CPU time that the process has used. */
async function cpuMs({ pid }: LambdaFunction): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8");
  // What stands before may hold spaces: the program's name in brackets.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS;
}

async function peakMb({ pid }: LambdaFunction): Promise<string> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return (Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) / 1024).toFixed(0);
}

/** Whatever else the machine does adds to the usual time. */
function bestAndUsual(times: number[]): string {
  const sorted = times.toSorted((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)]!;
  return `${median.toFixed(0)} ms (at best ${sorted[0]!.toFixed(0)})`;
}
