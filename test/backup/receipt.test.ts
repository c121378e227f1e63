import { expect, test } from "bun:test";
import { getReceipt } from "../../src/core/backup/receipt.ts";
import { openDirectoryStore } from "../../src/core/store/directory/directory-store.ts";
import { withPlace } from "../helpers/stores.ts";

const MOMENT = "2026-11-23T08:00:00.000Z";
const FILE = {
  ...{ segment: 1, name: "1", items: 0, rawBytes: 0, storedBytes: 20, sha256: "0a".repeat(32) },
  ...{ readUnits: 0.5, startedAt: MOMENT, finishedAt: MOMENT },
};
const RECEIPT = {
  ...{ format: "ddbr-receipt", version: 1, segments: 2, contents: "items", compression: "gzip" },
  table: { name: "t", arn: "arn:aws:dynamodb:x:0:table/t", createdAt: MOMENT, keySchema: [] },
  file: FILE,
};

const WRONG = [
  ...[{ format: "ddbr-backup" }, { version: 2 }, { segments: 1 }, { segments: "2" }, { contents: "rows" }],
  ...[{ compression: "zip" }, { table: undefined }, { table: { arn: 5, createdAt: MOMENT } }, { file: null }],
  ...[{ table: { arn: "a", createdAt: "yesterday" } }, { contents: "export" }],
];
const WRONG_FILES = [
  ...[{ items: "5" }, { items: -1 }, { items: 1.5 }, { rawBytes: null }, { storedBytes: "many" }],
  ...[{ sha256: "abc" }, { sha256: 5 }, { readUnits: "1" }, { readUnits: -1 }, { segment: 0 }],
  ...[{ name: "../1" }, { name: "0" }, { startedAt: "yesterday" }, { finishedAt: 5 }],
].map((part) => ({ file: { ...FILE, ...part } }));

test("a receipt is believed only when all of it can be true", () =>
  withPlace("directory", async (place) => {
    const store = await openDirectoryStore({ kind: "directory", text: place.url, path: place.url });
    const read = () => getReceipt(store, "j", 1, new AbortController().signal);
    expect(await read()).toBeUndefined();
    for (const part of [...WRONG, ...WRONG_FILES]) {
      await place.put("j/receipts/1.json", JSON.stringify({ ...RECEIPT, ...part }));
      await expect(read(), JSON.stringify(part)).rejects.toThrow("is no receipt of a backup");
    }
    await place.put("j/receipts/1.json", JSON.stringify(RECEIPT));
    expect<unknown>(await read()).toEqual(RECEIPT);
    const exported = { contents: "export", file: { ...FILE, name: "data/1.json.gz" } };
    await place.put("j/receipts/1.json", JSON.stringify({ ...RECEIPT, ...exported }));
    expect<unknown>(await read()).toEqual({ ...RECEIPT, ...exported });
  }));
