import { afterAll, beforeAll, expect, test } from "bun:test";
import { order } from "../helpers/orders.ts";
import { STORE_KINDS, withPlace } from "../helpers/stores.ts";
import { createTable, type TestTable } from "../helpers/table.ts";
import { backedUp, expectWhole } from "./dump.ts";
import { type RawSegment, rawSegments } from "./raw-table.ts";

const MINUTES = 60_000;
const ITEMS = 200_000;
const SEGMENTS = 10;
let table: TestTable;
let segments: RawSegment[];

function* orders() {
  for (let number = 0; number < ITEMS; number++) yield order(`order-${number}`);
}

beforeAll(async () => {
  table = await createTable();
  await table.load(orders());
  segments = await rawSegments(table.name, SEGMENTS);
}, 30 * MINUTES);

afterAll(() => table.drop(), MINUTES);

test.each(STORE_KINDS)(
  "200,000 items of about 350 bytes are in a dump on %s to the byte, and its manifest says what it is",
  (kind) =>
    withPlace(kind, async (place) => {
      const begun = Date.now();
      await backedUp(table.location, place, "--jobid", "all", "--segments", `${SEGMENTS}`);
      const ended = Date.now();
      const manifest = await expectWhole(place, "all", segments);
      expect(manifest).toMatchObject({ contents: "items", compression: "gzip", items: ITEMS });
      const units = segments.map(({ readUnits }) => readUnits);
      expect(manifest.files.map(({ readUnits }) => readUnits)).toEqual(units);
      expect(Date.parse(manifest.startedAt)).toBeGreaterThanOrEqual(begun);
      expect(Date.parse(manifest.finishedAt)).toBeLessThanOrEqual(ended);
      expect(await place.litter()).toEqual([]);
    }),
  30 * MINUTES,
);
