import { afterAll, beforeAll, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { createGunzip } from "node:zlib";
import { STORE_KINDS, withPlace } from "../helpers/stores.ts";
import { createTable, type TestTable } from "../helpers/table.ts";
import { backfill, comparable, eventsOf, idName, MINUTES, snapshot, snapshotLines } from "./folding.ts";
import { record } from "./records.ts";

const ITEMS = { directory: 200_000, s3: 10_000 };
const id = (n: number) => `record-${n}`;

/** One for each number of items: its text as compared is known from its key. */
const tables: Partial<Record<keyof typeof ITEMS, TestTable>> = {};
beforeAll(async () => {
  for (const kind of STORE_KINDS) {
    tables[kind] = await createTable();
    await tables[kind].load(
      (function* () {
        for (let n = 0; n < ITEMS[kind]; n++) yield record(id(n));
      })(),
    );
  }
}, 30 * MINUTES);
afterAll(() => Promise.all(Object.values(tables).map((table) => table.drop())));

/** Takes lines one by one; fails unless each is one of the records, and in the end each record has come once. */
function checklist(count: number) {
  const missing = new Map(Array.from({ length: count }, (_, n) => [id(n), comparable(record(id(n)))]));
  return {
    take(line: string) {
      const item = JSON.parse(line);
      if (missing.get(item.id.S) !== comparable(item)) throw new Error(`unexpected: ${line}`);
      missing.delete(item.id.S);
    },
    end: () => expect(missing.size).toBe(0),
  };
}

test.each(STORE_KINDS)(
  "%s: a table is backfilled and folded item for item",
  async (kind) => {
    const table = tables[kind]!;
    const count = ITEMS[kind];
    await withPlace(kind, async (place) => {
      const written = await backfill(table, place, { options: ["--json"], timeoutMs: 30 * MINUTES });
      expect(written.code, written.stdout.slice(-2000)).toBe(0);
      expect(eventsOf(written).at(-1)).toMatchObject({ totals: { read: count, written: count } });
      const keys = await place.keys(table.name);
      expect(keys).toHaveLength(count);
      const expected = Array.from({ length: count }, (_, n) => `${table.name}/${idName(id(n))}`).sort();
      expect(Bun.deepEquals(keys, expected)).toBe(true);

      const folded = await snapshot(place, table.name, "out.gz", {
        options: ["--json", "--manifest"],
        timeoutMs: 30 * MINUTES,
      });
      expect(folded.code, folded.stdout.slice(-2000)).toBe(0);
      const events = eventsOf(folded);
      expect(events).toContainEqual(expect.objectContaining({ event: "estimated", items: count }));
      expect(events.at(-1)).toMatchObject({ totals: { read: count, written: count, foreign: 0 } });

      const items = checklist(count);
      if (kind === "directory") {
        const lines = createReadStream(join(place.url, "out.gz")).pipe(createGunzip());
        for await (const line of createInterface({ input: lines })) items.take(line);
      } else {
        for (const line of await snapshotLines(place, "out.gz")) items.take(line);
      }
      items.end();
      const manifest = JSON.parse((await place.get("out.gz.manifest.json"))!.toString());
      const sha256 = createHash("sha256")
        .update((await place.get("out.gz"))!)
        .digest("hex");
      expect(manifest).toMatchObject({ items: count, foreign: 0, sha256 });
    });
  },
  30 * MINUTES,
);
