import { afterAll, beforeAll, expect, test } from "bun:test";
import { order } from "../helpers/orders.ts";
import { STORE_KINDS } from "../helpers/stores.ts";
import { createTable, type TestTable } from "../helpers/table.ts";
import { withState } from "../state/opened-places.ts";
import { fastTime } from "./fast-time.ts";
import { MeteredServer } from "./metered-server.ts";
import { type Scanned, scanTogether } from "./paced-workers.ts";

const SPEED = 8;
const time = fastTime(SPEED);
const ITEMS = 4_000;
const WORKERS = 3;
const SCANS = 3;
/** Units a second of the run. */
const LIMIT = 60;
const TIMEOUT_MS = 60_000;
const SCANNED: Scanned[] = Array(WORKERS).fill({ items: ITEMS * SCANS, spent: undefined });

let table: TestTable;

beforeAll(async () => {
  table = await createTable();
  await table.load(Array.from({ length: ITEMS }, (_, at) => order(`order-${at}`)));
});

afterAll(() => table.drop());

function scans(server: MeteredServer) {
  return {
    location: server.location(table),
    workers: WORKERS,
    segments: 2,
    scans: SCANS,
    limit: LIMIT,
    time,
  };
}

test.each(STORE_KINDS)(
  "workers that share a limit consume no more than it together (%s)",
  (kind) =>
    withState(kind, async (place, outside) => {
      await using server = await MeteredServer.start();
      expect(await scanTogether(place, scans(server))).toEqual(SCANNED);
      expect(server.units).toBeGreaterThan(15 * LIMIT);
      const seconds = (server.elapsedMs / 1000) * SPEED;
      expect(server.units / seconds).toBeLessThan(LIMIT * 1.15);
      // All have said that they have left, and what they have consumed.
      const beats = (await outside.keys("pace")).map((key) => key.split("_"));
      expect(beats.map(([worker, , left]) => `${worker} ${left}`)).toEqual(
        Array.from({ length: WORKERS }, (_, index) => `pace/host-${index}-17 1`),
      );
      const told = beats.map((beat) => Number.parseInt(beat[4]!.split(".")[1]!, 36) / 1000);
      expect(told.reduce((sum, units) => sum + units)).toBe(server.units);
    }),
  TIMEOUT_MS,
);

test(
  "workers that the table throttles ask for less, and finish",
  () =>
    withState("directory", async (place) => {
      // So much less than the limit that a slow machine asks for more, too.
      await using server = await MeteredServer.start((LIMIT / 6) * SPEED);
      const items = Array(WORKERS).fill({ items: ITEMS, spent: undefined });
      expect(await scanTogether(place, { ...scans(server), scans: 1 })).toEqual(items);
      expect(server.throttled).toBeGreaterThan(0);
      // By their shares alone each request would be for 20.
      expect(server.units / server.answered).toBeLessThan((0.75 * LIMIT) / WORKERS);
    }),
  TIMEOUT_MS,
);
