import { afterAll, beforeAll, expect, test } from "bun:test";
import { type BackupOptions, backupTable } from "../../src/core/backup/backup-table.ts";
import { parseTableLocation } from "../../src/core/location.ts";
import { openDirectoryStore } from "../../src/core/store/directory/directory-store.ts";
import type { ObjectStore } from "../../src/core/store/object-store.ts";
import { openTable } from "../../src/core/table/table.ts";
import { order } from "../helpers/orders.ts";
import { type TestPlace, withPlace } from "../helpers/stores.ts";
import { createTable, type TestTable } from "../helpers/table.ts";
import { expectWhole, readManifest, untruths } from "./dump.ts";
import { rawSegments } from "./raw-table.ts";

const SEGMENTS = 3;
let table: TestTable;

beforeAll(async () => {
  table = await createTable();
  await table.load(Array.from({ length: 60 }, (_, number) => order(`order-${number}`)));
});
afterAll(() => table.drop());

async function dump(store: ObjectStore, options: Partial<BackupOptions> = {}): Promise<void> {
  const opened = await openTable(parseTableLocation(table.location));
  const summary = await backupTable({
    ...{ table: opened, store, jobId: "j", segments: SEGMENTS, chosen: [0, 1, 2], concurrency: 2 },
    ...{ compression: "gzip", contents: "items", existing: "overwrite", consistent: false },
    ...{ signal: new AbortController().signal, report: () => {} },
    ...options,
  });
  opened.close();
  expect(summary.outcome).toBe("complete");
}

/** A store in which somebody else acts just before the manifest of this one is written for the first time. */
async function storeWith(place: TestPlace, act: (store: ObjectStore) => Promise<void>): Promise<ObjectStore> {
  const store = await openDirectoryStore({ kind: "directory", text: place.url, path: place.url });
  let acted = false;
  return new Proxy(store, {
    get(target, name) {
      const value = Reflect.get(target, name, target);
      if (typeof value !== "function") return value;
      if (name !== "put") return value.bind(target);
      return async (key: string, ...others: unknown[]) => {
        if (key === "j/manifest.json" && !acted) {
          acted = true;
          await act(target);
        }
        return value.call(target, key, ...others);
      };
    },
  });
}

test("no manifest stays while another process is about to write a segment anew", () =>
  withPlace("directory", async (place) => {
    const store = await storeWith(place, async (others) => {
      await others.delete("j/receipts/1.json");
      await others.delete("j/manifest.json");
    });
    await dump(store);
    expect(await readManifest(place, "j")).toBeUndefined();
    expect((await place.keys("j/receipts")).length).toBe(SEGMENTS - 1);
  }));

test("a manifest says what another process has written anew meanwhile", () =>
  withPlace("directory", async (place) => {
    let between = "";
    const store = await storeWith(place, async (others) => {
      between = new Date().toISOString();
      await dump(others, { chosen: [1] });
    });
    await dump(store);
    expect(await untruths(place, "j")).toEqual([]);
    const manifest = await expectWhole(place, "j", await rawSegments(table.name, SEGMENTS));
    expect(manifest.files[1]!.startedAt >= between).toBe(true);
  }));
