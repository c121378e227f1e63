/**
 * What fingerprinting costs over reading: client CPU and wall time of reading alone and of reading with a fingerprint, in turns
 * in one process, and their ratio (the median of the turns), for a table's scan and for a dump's files. Items of about 350 bytes.
 *
 *   bun bench/fingerprint.ts [items]        (default: 100000)
 *
 * Against DynamoDB Local, or against DDBR_TEST_DYNAMODB.
 */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startDynamoDbLocal } from "../scripts/testbed/dynamodb-local.ts";
import { installAbsent } from "../scripts/testbed/install.ts";
import { startReaper } from "../scripts/testbed/reaper.ts";
import { findFiles } from "../src/core/backup/find-files.ts";
import { filesSource } from "../src/core/fingerprint/files-source.ts";
import { Fingerprinter } from "../src/core/fingerprint/fingerprinter.ts";
import type { ItemSource } from "../src/core/fingerprint/item-source.ts";
import { readSource } from "../src/core/fingerprint/read-source.ts";
import { tableSource } from "../src/core/fingerprint/table-source.ts";
import { parseTableLocation } from "../src/core/location.ts";
import { openDirectoryStore } from "../src/core/store/directory/directory-store.ts";
import { parseStoreLocation } from "../src/core/store/store-location.ts";
import { openTable } from "../src/core/table/table.ts";
import { DDBR } from "../test/helpers/cli.ts";
import { order } from "../test/helpers/orders.ts";
import { createTable } from "../test/helpers/table.ts";

const items = Number(process.argv[2] ?? 100_000);
const TURNS = 7;
const SEGMENTS = 8;

interface Cost {
  cpu: number;
  wall: number;
}

const reaper = startReaper();
if (!process.env.DDBR_TEST_DYNAMODB) {
  await installAbsent(["dynamoDb"]);
  process.env.DDBR_TEST_DYNAMODB = await startDynamoDbLocal(reaper);
}
const folder = mkdtempSync(join(tmpdir(), "ddbr-bench-"));
const { signal } = new AbortController();
const table = await createTable();
try {
  await table.load(orders());
  const scanned = await openTable(parseTableLocation(table.location));
  const options = { table: scanned, segments: SEGMENTS, concurrency: 4, consistent: false };
  await compare("scan of a table", tableSource(options));
  for (const compression of ["gzip", "zstd", "none"]) {
    await compare(`dump, ${compression}`, await dump(compression));
  }
  scanned.close();
} finally {
  await table.drop();
  rmSync(folder, { recursive: true });
  await reaper.reap();
}

function* orders() {
  for (let index = 0; index < items; index++) yield order(`order-${index}`);
}

async function dump(compression: string): Promise<ItemSource> {
  const words = ["backup-table", table.location, folder, "--jobid", compression, "--compress", compression];
  const child = Bun.spawn([DDBR, ...words, "--segments", String(SEGMENTS), "--quiet"], { stdout: "pipe" });
  if ((await child.exited) !== 0) throw new Error(await child.stdout.text());
  const place = parseStoreLocation(join(folder, compression));
  const open = (location: typeof place) => {
    if (location.kind === "s3") throw new Error("no directory");
    return openDirectoryStore(location, { signal });
  };
  const found = await findFiles(place, open, signal);
  return filesSource(found!, place.text, undefined);
}

async function compare(name: string, source: ItemSource): Promise<void> {
  const alone: Cost[] = [];
  const withIt: Cost[] = [];
  // The first of each is for warming up.
  for (let turn = 0; turn <= TURNS; turn++) {
    const made = new Fingerprinter(source.key!, 4096);
    const costs = [
      await cost(() => readSource(source, { signal, report: () => {} }, () => {})),
      await cost(() => readSource(source, { signal, report: () => {} }, (page) => made.addAll(page))),
    ];
    if (made.table.items !== items) throw new Error(`${made.table.items} items instead of ${items}`);
    if (turn === 0) continue;
    alone.push(costs[0]!);
    withIt.push(costs[1]!);
  }
  const figure = (costs: Cost[], of: keyof Cost) => median(costs.map((each) => each[of]));
  const ratio = (of: keyof Cost) => median(alone.map((each, turn) => withIt[turn]![of] / each[of]));
  const text = (of: keyof Cost) =>
    `${of} ${figure(alone, of).toFixed(2)} µs an item alone, ${figure(withIt, of).toFixed(2)} with a fingerprint: ${percent(ratio(of))}`;
  console.log(`${name}: ${text("cpu")}; ${text("wall")}`);
}

/** Microseconds an item. */
async function cost(work: () => Promise<void>): Promise<Cost> {
  Bun.gc(true);
  const cpu = process.cpuUsage();
  const begin = performance.now();
  await work();
  const { user, system } = process.cpuUsage(cpu);
  return { cpu: (user + system) / items, wall: ((performance.now() - begin) * 1000) / items };
}

function median(figures: number[]): number {
  const sorted = figures.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}

function percent(ratio: number): string {
  return `${ratio >= 1 ? "+" : ""}${((ratio - 1) * 100).toFixed(0)} %`;
}
