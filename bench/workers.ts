/**
 * A comparison shared by worker processes that are killed at random, beside the same by one process that nobody disturbs: whether the report
 * is the same, what share of the requests and read units was spent twice, and how long each took. Fails when the reports differ or a segment was done twice.
 *
 *   bun bench/workers.ts [items] [segments] [workers] [kills]        (default: 100000 64 8 50; 1000000 takes most of an hour)
 *
 * Runs ./ddbr against DynamoDB Local, or against DDBR_TEST_DYNAMODB; the state is in a directory.
 */

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startReaper } from "../scripts/testbed/reaper.ts";
import { provideServers } from "../scripts/testbed/servers.ts";
import { type CliResult, runDdbr } from "../test/helpers/cli.ts";
import { driftingOrders } from "../test/helpers/orders.ts";
import { createTable } from "../test/helpers/table.ts";
import { runWorkerArray } from "../test/job/worker-array.ts";

const HOUR_MS = 60 * 60_000;
const [items = 100_000, segments = 64, workers = 8, kills = 50] = process.argv.slice(2).map(Number);

const reaper = startReaper();
Object.assign(process.env, await provideServers(reaper));

interface Totals {
  primary: { requests: number; readUnits: number };
  replica: { requests: number; readUnits: number };
}

const folder = mkdtempSync(join(tmpdir(), "ddbr-bench-"));
const [primary, replica] = await Promise.all([createTable(), createTable()]);
try {
  const tables = driftingOrders(items, 1_000);
  await Promise.all([primary.load(tables.primary()), replica.load(tables.replica())]);
  const words = ["diff-tables", primary.location, replica.location, "--segments", `${segments}`];

  const alone = join(folder, "alone.ndjson");
  const one = await runDdbr([...words, "--json", "--report", alone], { timeoutMs: HOUR_MS });
  console.log(`one process: ${(one.ms / 1000).toFixed(0)} s`);

  const state = join(folder, "state");
  const begin = performance.now();
  const outcome = await runWorkerArray({
    words: [
      ...words,
      "--state",
      state,
      "--lease",
      "3",
      "--checkpoint",
      "2",
      "--concurrency",
      "1",
      "--patience",
      "600",
    ],
    jobs: workers,
    kills,
    killEveryMs: (one.ms * 0.8) / kills,
    seed: 4711,
  });
  const seconds = (performance.now() - begin) / 1000;
  const shared = join(folder, "shared.ndjson");
  const all = await runDdbr(["collect", state, "--json", "--report", shared], { timeoutMs: HOUR_MS });

  const [mine, theirs] = [totalsOf(one), totalsOf(all)];
  const ratio = (of: (totals: Totals) => number) => (of(theirs) / of(mine)).toFixed(3);
  console.log(
    `${workers} workers, ${outcome.kills} kills: ${seconds.toFixed(0)} s, ${((seconds * 1000) / one.ms).toFixed(2)} times as long`,
  );
  console.log(
    `requests ${ratio((totals) => totals.primary.requests + totals.replica.requests)} times as many`,
  );
  console.log(
    `read units ${ratio((totals) => totals.primary.readUnits + totals.replica.readUnits)} times as many, of what counts`,
  );
  const [aloneLines, sharedLines] = [sorted(alone), sorted(shared)];
  const twice = outcome.done.length - new Set(outcome.done).size;
  console.log(
    `${sharedLines.length} lines of report: ${String(isEqual(aloneLines, sharedLines))}, equal; ${twice} segments done twice`,
  );
  if (!isEqual(aloneLines, sharedLines) || twice > 0) process.exitCode = 1;
} finally {
  await Promise.all([primary.drop(), replica.drop()]);
  rmSync(folder, { recursive: true });
  await reaper.reap();
}

function totalsOf({ stdout }: CliResult): Totals {
  return (JSON.parse(stdout.trimEnd().split("\n").at(-1)!) as { totals: Totals }).totals;
}

function sorted(path: string): string[] {
  return readFileSync(path, "utf8").split("\n").filter(Boolean).sort();
}

function isEqual(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((line, index) => line === b[index]);
}
