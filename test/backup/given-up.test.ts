import { afterAll, beforeAll, expect, test } from "bun:test";
import { transferSummaryLines } from "../../src/commands/transfer/summary-text.ts";
import { openDirectoryStore } from "../../src/core/store/directory/directory-store.ts";
import type { ObjectStore, Upload } from "../../src/core/store/object-store.ts";
import type { TransferEvent } from "../../src/core/transfer/transfer-events.ts";
import { INITIAL_TRANSFER, reduceTransfer } from "../../src/tui/state/transfer/transfer-state.ts";
import { order } from "../helpers/orders.ts";
import { type TestPlace, withPlace } from "../helpers/stores.ts";
import { createTable, type TestTable } from "../helpers/table.ts";
import { dumpHere } from "./dump-here.ts";

let table: TestTable;

beforeAll(async () => {
  table = await createTable();
  await table.load(Array.from({ length: 60 }, (_, number) => order(`order-${number}`)));
});
afterAll(() => table.drop());

const openPlace = (place: TestPlace) =>
  openDirectoryStore({ kind: "directory", text: place.url, path: place.url });

async function figuresOf(place: TestPlace, job: string) {
  const receipts = (await place.keys(`${job}/receipts`)).map(async (key) => {
    const { file } = JSON.parse((await place.get(key))!.toString());
    return { written: file.items, rawBytes: file.rawBytes, storedBytes: file.storedBytes };
  });
  const sum = { written: 0, rawBytes: 0, storedBytes: 0 };
  for (const figures of await Promise.all(receipts)) {
    for (const name of ["written", "rawBytes", "storedBytes"] as const) sum[name] += figures[name];
  }
  return { segments: receipts.length, sum };
}

test("a run that is stopped counts what is in whole files only", () =>
  withPlace("directory", async (place) => {
    const stop = new AbortController();
    let state = INITIAL_TRANSFER;
    const report = (event: TransferEvent) => {
      state = reduceTransfer(state, event);
      if (event.type === "written" && event.segment === 1 && event.items > 0) stop.abort();
    };
    const summary = await dumpHere(table.location, await openPlace(place), { signal: stop.signal, report });
    const { segments, sum } = await figuresOf(place, "j");
    expect(segments).toBe(1);
    expect(summary).toMatchObject({ outcome: "interrupted", totals: sum });
    expect(summary.totals.read).toBeGreaterThan(sum.written);
    expect(transferSummaryLines(summary)[0]).toBe(`stopped: ${sum.written} items written to ${place.url}/j/`);
    expect(state.totals).toEqual(summary.totals);
  }));

test("nor does one that fails count a file that is not whole, or has no receipt", () =>
  withPlace("directory", async (place) => {
    const failing = (what: "complete" | "receipt", store: ObjectStore) =>
      new Proxy(store, {
        get(target, name) {
          const value = Reflect.get(target, name, target);
          if (name === "upload" && what === "complete") {
            return async (key: string, ...others: unknown[]) => {
              const upload: Upload = await Reflect.apply(value, target, [key, ...others]);
              if (key.endsWith("/1")) upload.complete = () => Promise.reject(new Error("no room"));
              return upload;
            };
          }
          if (name === "put" && what === "receipt") {
            return async (key: string, ...others: unknown[]) => {
              if (key.endsWith("receipts/1.json")) throw new Error("no room");
              return Reflect.apply(value, target, [key, ...others]);
            };
          }
          return typeof value === "function" ? value.bind(target) : value;
        },
      });
    for (const what of ["complete", "receipt"] as const) {
      const store = failing(what, await openPlace(place));
      const summary = await dumpHere(table.location, store, { jobId: what });
      const { segments, sum } = await figuresOf(place, what);
      expect(segments).toBe(1);
      expect(summary).toMatchObject({ outcome: "incomplete", totals: sum });
    }
  }));
