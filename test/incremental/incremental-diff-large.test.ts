import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { driftingOrders, driftLines, order } from "../helpers/orders.ts";
import { newPlace, type StoreKind, type TestPlace } from "../helpers/stores.ts";
import { createTable, type TestTable } from "../helpers/table.ts";
import { asCompared, COMPRESS, incrementalDiff, lines, writeDump, writeFolder } from "./diff-backups.ts";

const MINUTES = 60_000;
/** 200,000 items held in memory would take more, and so would the keys and digests of both sides in maps of the whole. */
const MOST_MB = 320;

const SIZES: [kind: StoreKind, items: number, every: number][] = [
  ["directory", 200_000, 1_000],
  ["s3", 5_000, 100],
];

for (const [kind, items, every] of SIZES) {
  describe(`${items} items against a backup (${kind})`, () => {
    const tables = driftingOrders(items, every);
    const seeded = driftLines(tables.drift);
    let table: TestTable;
    let place: TestPlace;

    beforeAll(async () => {
      [table, place] = await Promise.all([createTable(), newPlace(kind)]);
      const backups = async () => {
        await writeFolder(place, `folders/${table.name}`, tables.replica());
        await writeDump(place, "dump", tables.replica(), { compression: "zstd", files: 4 });
        await place.put("snapshots/orders", COMPRESS.gzip(lines(tables.replica())));
      };
      await Promise.all([table.load(tables.primary()), backups()]);
    }, 30 * MINUTES);

    afterAll(() => Promise.all([table.drop(), place.drop()]), 30 * MINUTES);

    for (const path of ["folders", "dump", "snapshots/orders"]) {
      test(
        `${path}: exactly the seeded drift, attribute by attribute; memory bounded`,
        async () => {
          const run = await incrementalDiff(table.location, place, path, [], { timeoutMs: 30 * MINUTES });

          expect(run.found).toEqual(seeded);
          expect(run.code).toBe(1);
          expect(run.stdout).toContain(`table: ${items.toLocaleString("en")} items`);
          expect(run.peakMb).toBeGreaterThan(process.platform === "linux" ? 20 : -1);
          expect(run.peakMb).toBeLessThan(MOST_MB);
          for (const { kind, key, attributes } of run.report) {
            const { id, ...fresh } = order(key!.id!.S!);
            const { note: stale } = order(key!.id!.S!, "stale ");
            const side = (name: "primary" | "replica") =>
              Object.fromEntries(
                Object.entries(fresh).map(([attribute, value]) => [attribute, { [name]: value }]),
              );
            const expected = {
              missing: () => side("primary"),
              extraneous: () => side("replica"),
              different: () => ({ note: { primary: fresh.note, replica: stale } }),
            }[kind as "missing"]();
            expect(asCompared(attributes)).toEqual(asCompared(expected));
          }
        },
        30 * MINUTES,
      );
    }
  });
}
