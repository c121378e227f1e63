import { afterAll, beforeAll, expect, test } from "bun:test";
import type { BackupOptions } from "../../src/core/backup/backup-table.ts";
import { openDirectoryStore } from "../../src/core/store/directory/directory-store.ts";
import type { ObjectStore, Upload } from "../../src/core/store/object-store.ts";
import type { TransferSummary } from "../../src/core/transfer/transfer-events.ts";
import { order } from "../helpers/orders.ts";
import { type TestPlace, withPlace } from "../helpers/stores.ts";
import { createTable, type TestTable } from "../helpers/table.ts";
import { expectWhole, readManifest, untruths } from "./dump.ts";
import { dumpHere, SEGMENTS } from "./dump-here.ts";
import { rawSegments } from "./raw-table.ts";

let table: TestTable;

beforeAll(async () => {
  table = await createTable();
  await table.load(Array.from({ length: 60 }, (_, number) => order(`order-${number}`)));
});
afterAll(() => table.drop());

const dump = (store: ObjectStore, options: Partial<BackupOptions> = {}) =>
  dumpHere(table.location, store, options);

interface Act {
  what: "put" | "upload" | "complete";
  key: string;
  when: "before" | "after";
  act(store: ObjectStore): unknown;
}

/** A store in which somebody else acts, at one moment each. */
async function storeWith(place: TestPlace, ...acts: Act[]): Promise<ObjectStore> {
  const store = await openDirectoryStore({ kind: "directory", text: place.url, path: place.url });
  const waiting = new Set(acts);
  const tell = async (what: string, key: string, when: Act["when"]) => {
    const act = [...waiting].find((one) => one.what === what && one.key === key && one.when === when);
    if (act === undefined) return;
    waiting.delete(act);
    await act.act(store);
  };
  const told = async <Result>(what: string, key: string, action: () => Promise<Result>): Promise<Result> => {
    await tell(what, key, "before");
    const result = await action();
    await tell(what, key, "after");
    return result;
  };
  return new Proxy(store, {
    get(target, name) {
      const value = Reflect.get(target, name, target);
      if (name === "put") {
        return (key: string, ...others: unknown[]) =>
          told("put", key, async () => Reflect.apply(value, target, [key, ...others]));
      }
      if (name === "upload") {
        return async (key: string, ...others: unknown[]) => {
          const upload: Upload = await told("upload", key, async () =>
            Reflect.apply(value, target, [key, ...others]),
          );
          const complete = upload.complete.bind(upload);
          upload.complete = () => told("complete", key, complete);
          return upload;
        };
      }
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

async function expectCompletedBy(place: TestPlace, run: () => Promise<TransferSummary>): Promise<void> {
  expect(await run()).toMatchObject({ outcome: "complete" });
  await expectWhole(place, "j", await rawSegments(table.name, SEGMENTS));
}

const BEFORE_MANIFEST = { what: "put", key: "j/manifest.json", when: "before" } as const;

test("no manifest stays, and none is claimed, while another process is about to write a segment anew", () =>
  withPlace("directory", async (place) => {
    const store = await storeWith(place, {
      ...BEFORE_MANIFEST,
      act: async (others) => {
        await others.delete("j/receipts/1.json");
        await others.delete("j/manifest.json");
      },
    });
    expect(await dump(store)).toMatchObject({
      outcome: "incomplete",
      failure: expect.stringMatching(/\/j: another run is writing .* - .*--resume/),
    });
    expect(await readManifest(place, "j")).toBeUndefined();
    expect((await place.keys("j/receipts")).length).toBe(SEGMENTS - 1);
    await expectCompletedBy(place, () => dump(store));
  }));

test("a manifest says what another process has written anew meanwhile", () =>
  withPlace("directory", async (place) => {
    let between = "";
    const store = await storeWith(place, {
      ...BEFORE_MANIFEST,
      act: async (others) => {
        between = new Date().toISOString();
        await others.delete("j/receipts/1.json");
        await dump(others, { chosen: [1] });
      },
    });
    await expectCompletedBy(place, () => dump(store));
    expect(await untruths(place, "j")).toEqual([]);
    expect((await readManifest(place, "j"))!.files[1]!.startedAt >= between).toBe(true);
  }));

test.each([
  { what: "complete", key: "j/0" },
  { what: "put", key: "j/receipts/0.json" },
] as const)(
  "a run that is stopped after the $what of $key leaves no manifest of what another has written meanwhile",
  (moment) =>
    withPlace("directory", async (place) => {
      const stop = new AbortController();
      const whole: Act = {
        what: "upload",
        key: "j/0",
        when: "before",
        act: async (others) => {
          expect(await dump(others)).toMatchObject({ outcome: "complete" });
          await table.load(Array.from({ length: 30 }, (_, number) => order(`${moment.what}-${number}`)));
        },
      };
      const store = await storeWith(place, whole, { ...moment, when: "after", act: () => stop.abort() });
      expect((await dump(store, { signal: stop.signal })).outcome).toBe("interrupted");
      expect(await untruths(place, "j")).toEqual([]);
      expect(await readManifest(place, "j")).toBeUndefined();
      expect((await dump(store)).outcome).toBe("complete");
      expect(await untruths(place, "j")).toEqual([]);
      expect(await readManifest(place, "j")).toBeDefined();
    }),
);

test("of two runs' files of one segment neither counts when it cannot be told which one is there", () =>
  withPlace("directory", async (place) => {
    let number = 0;
    const slow = await storeWith(place, {
      what: "complete",
      key: "j/0",
      when: "after",
      act: async (others) => {
        await table.load(Array.from({ length: 30 }, () => order(`two-${number++}`)));
        expect(await dump(others, { chosen: [0] })).toMatchObject({ outcome: "complete" });
      },
    });
    expect(await dump(slow, { chosen: [0] })).toMatchObject({
      outcome: "incomplete",
      failure: expect.stringMatching(/\/j: another run has written segment 0 .* - .*--resume/),
      totals: { written: 0, rawBytes: 0, storedBytes: 0 },
    });
    expect(await untruths(place, "j")).toEqual([]);
    await expectCompletedBy(place, () => dump(slow));
  }));

test("segments of two kinds, begun at the same time, are no whole job: the last to finish fails", () =>
  withPlace("directory", async (place) => {
    const store = await storeWith(place, {
      what: "put",
      key: "j/receipts/0.json",
      when: "before",
      act: (others) => dump(others, { chosen: [2], compression: "zstd" }),
    });
    expect(await dump(store, { chosen: [0, 1] })).toMatchObject({
      outcome: "incomplete",
      failure: expect.stringMatching(/segment 2 of this job was begun with --compress zstd - .*--overwrite/),
    });
    expect(await readManifest(place, "j")).toBeUndefined();
    await expectCompletedBy(place, () => dump(store, { existing: "overwrite" }));
  }));
