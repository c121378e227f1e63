/**
 * What comparing two equal tables costs this machine: microseconds of client CPU per pair of items of about
 * 350 bytes, and peak memory, at growing sizes; start-up is measured on empty tables and taken off.
 *
 *   bun bench/compare-tables.ts [items …]        (default: 20000 200000 1000000)
 *
 * Runs ./ddbr against DynamoDB Local, or against DDBR_TEST_DYNAMODB.
 */

import { startDynamoDbLocal } from "../scripts/testbed/dynamodb-local.ts";
import { installAbsent } from "../scripts/testbed/install.ts";
import { startReaper } from "../scripts/testbed/reaper.ts";
import { DDBR } from "../test/helpers/cli.ts";
import { order } from "../test/helpers/orders.ts";
import { createTable, type TestTable } from "../test/helpers/table.ts";

const sizes = process.argv.slice(2).map(Number);
if (sizes.length === 0) sizes.push(20_000, 200_000, 1_000_000);

const reaper = startReaper();
if (!process.env.DDBR_TEST_DYNAMODB) {
  await installAbsent(["dynamoDb"]);
  process.env.DDBR_TEST_DYNAMODB = await startDynamoDbLocal(reaper);
}

interface Run {
  cpuMs: number;
  peakMb: number;
  seconds: number;
}

try {
  const [primary, replica] = await Promise.all([createTable(), createTable()]);
  const empty = await run(primary, replica, 0);
  console.log(
    `start-up on empty tables: ${empty.cpuMs.toFixed(0)} ms of CPU, peak ${empty.peakMb.toFixed(0)} MB`,
  );
  let loaded = 0;
  for (const size of sizes) {
    await Promise.all([primary, replica].map((table) => table.load(orders(loaded, size))));
    loaded = size;
    const { cpuMs, peakMb, seconds } = await run(primary, replica, size);
    const perPair = ((cpuMs - empty.cpuMs) * 1000) / size;
    console.log(
      `${size} pairs: ${perPair.toFixed(1)} µs of client CPU per pair, peak ${peakMb.toFixed(0)} MB, ${seconds.toFixed(1)} s`,
    );
  }
  await Promise.all([primary.drop(), replica.drop()]);
} finally {
  await reaper.reap();
}

function* orders(from: number, to: number) {
  for (let index = from; index < to; index++) yield order(`order-${index}`);
}

/** Compares once and reads the system's own accounting of the process. */
async function run(primary: TestTable, replica: TestTable, size: number): Promise<Run> {
  const begin = performance.now();
  const child = Bun.spawn([DDBR, "diff-tables", primary.location, replica.location, "--quiet"], {
    stdin: "ignore",
    stdout: "pipe",
    stderr: "inherit",
  });
  const output = await child.stdout.text();
  if ((await child.exited) !== 0) throw new Error(`the comparison of ${size} items failed:\n${output}`);
  const { cpuTime, maxRSS } = child.resourceUsage()!;
  return {
    cpuMs: Number(cpuTime.total) / 1000,
    peakMb: maxRSS / 1024 / 1024,
    seconds: (performance.now() - begin) / 1000,
  };
}
