/**
 * What backups cost this machine: microseconds of client CPU per item (or object) of about 350 bytes, and peak memory, at
 * growing sizes; start-up is measured on an empty table and taken off.
 *
 *   bun bench/backups.ts [--store directory|s3] [items …]        (default: directory, 20000 200000 1000000)
 *
 * Runs ./ddbr against DynamoDB Local and, for S3, Ceph's gateway, or against DDBR_TEST_DYNAMODB and DDBR_TEST_S3.
 */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { startReaper } from "../scripts/testbed/reaper.ts";
import { provideServers } from "../scripts/testbed/servers.ts";
import { DDBR } from "../test/helpers/cli.ts";
import { order } from "../test/helpers/orders.ts";
import { createBucket } from "../test/helpers/s3.ts";
import { createTable } from "../test/helpers/table.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { store: { type: "string", default: "directory" } },
});
const sizes = positionals.length > 0 ? positionals.map(Number) : [20_000, 200_000, 1_000_000];
const onS3 = values.store === "s3";

const reaper = startReaper();
Object.assign(process.env, await provideServers(reaper));
const { DDBR_TEST_S3, DDBR_TEST_S3_ACCESS_KEY, DDBR_TEST_S3_SECRET_KEY } = process.env;

interface Run {
  cpuMs: number;
  peakMb: number;
  seconds: number;
}

/** What is measured, in an order in which each finds what it needs. */
const JOBS: Record<string, (table: string, place: string, name: string) => string[]> = {
  "dump, not compressed": (table, place) => [
    ...["backup-table", table, `${place}/dumps`, "--jobid", "none", "--compress", "none"],
    "--overwrite",
  ],
  "dump, zstd": (table, place) => [
    ...["backup-table", table, `${place}/dumps`, "--jobid", "zstd", "--compress", "zstd"],
    "--overwrite",
  ],
  "dump, gzip": (table, place) => ["backup-table", table, `${place}/dumps`, "--jobid", "gzip", "--overwrite"],
  "compare with the dump": (table, place) => ["incremental-diff", table, `${place}/dumps/gzip`],
  backfill: (table, place) => ["incremental-backfill", table, `${place}/incremental`],
  "compare with the folder": (table, place) => ["incremental-diff", table, `${place}/incremental`],
  fold: (_, place, name) => [
    "incremental-snapshot",
    `${place}/incremental/${name}`,
    `${place}/snapshots/${name}.gz`,
  ],
};

const folder = mkdtempSync(join(tmpdir(), "ddbr-bench-"));
const bucket = onS3 ? await createBucket() : undefined;
const table = await createTable();
try {
  const place = bucket ? `s3://${bucket.name}` : folder;
  const empty: Record<string, Run> = {};
  // One item, because nothing is refused as a backup.
  let loaded = 0;
  for (const size of [1, ...sizes]) {
    await table.load(orders(loaded, size));
    loaded = size;
    for (const [job, words] of Object.entries(JOBS)) {
      const run = await measure(words(table.location, place, table.name));
      empty[job] ??= run;
      if (size === 1) continue;
      const perItem = ((run.cpuMs - empty[job].cpuMs) * 1000) / size;
      const figures = `${perItem.toFixed(1).padStart(7)} µs of client CPU, peak ${run.peakMb.toFixed(0)} MB, ${run.seconds.toFixed(1)} s`;
      console.log(`${String(size).padStart(8)} ${job.padEnd(24)} ${figures}`);
    }
  }
} finally {
  await table.drop();
  await bucket?.drop();
  rmSync(folder, { recursive: true, force: true });
  await reaper.reap();
}

function* orders(from: number, to: number) {
  for (let index = from; index < to; index++) yield order(`order-${index}`);
}

/** Runs once and reads the system's own accounting of the process. */
async function measure(words: string[]): Promise<Run> {
  const begin = performance.now();
  const s3 = onS3 ? ["--s3-endpoint", DDBR_TEST_S3!] : [];
  const child = Bun.spawn([DDBR, ...words, ...s3, "--quiet"], {
    stdin: "ignore",
    stdout: "pipe",
    stderr: "inherit",
    env: {
      ...process.env,
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: DDBR_TEST_S3_ACCESS_KEY,
      AWS_SECRET_ACCESS_KEY: DDBR_TEST_S3_SECRET_KEY,
    },
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
