import { expect, test } from "bun:test";
import { DdbrError } from "../../../src/core/errors.ts";
import type { ObjectStore } from "../../../src/core/store/object-store.ts";
import { allOf, type ContractSubject, failureOf, keysUnder, textOf, versionsOf } from "./subject.ts";

const REFUSED = [
  ["..", ".."],
  ["../a", ".. first"],
  ["a/../../b", ".. within"],
  ["a/..", ".. last"],
  [".", "."],
  ["a/./b", ". within"],
  ["", "empty"],
  ["/", "a slash alone"],
  ["/a", "an empty name first"],
  ["a/", "an empty name last"],
  ["a//b", "an empty name within"],
  ["a\0b", "NUL"],
  ["a\nb", "newline"],
  ["a\u001b[2Jb", "an escape sequence"],
  ["a\u007fb", "DEL"],
  ["a\u0085b", "C1 control"],
  [`${"x".repeat(200)}/`.repeat(5) + "y".repeat(20), "1,025 bytes"],
  [`${"ä".repeat(100)}/`.repeat(5) + "y".repeat(20), "1,025 bytes of UTF-8"],
] as const;

/** Not longer than file systems allow for a name; S3 takes any of these. */
const ODD_NAMES = [
  "a b",
  " leading",
  "trailing ",
  "dots...",
  ".hidden",
  "..two-dots",
  "-dash",
  "100%",
  "%2F",
  "%41",
  "a+b",
  "it's",
  'say "hi"',
  "#hash",
  "what?",
  "a&b",
  "k=v",
  "a;b",
  "a:b",
  "a,b",
  "a@b",
  "$HOME",
  "~",
  "*",
  "[x]",
  "{x}",
  "(x)",
  "<x>",
  "a|b",
  "a\\b",
  "^`!",
  "Grüße",
  "Gru\u0308ße",
  "日本",
  "🦊",
  "con",
  "A",
  "a",
  "__proto__",
  "manifest.json",
  "n".repeat(200),
];

const WRITES: [string, (store: ObjectStore, key: string) => Promise<unknown>][] = [
  ["put", (store, key) => store.put(key, "x")],
  ["upload", (store, key) => store.upload(key)],
  ["delete", (store, key) => store.delete(key)],
];
const READS: [string, (store: ObjectStore, key: string) => Promise<unknown>][] = [
  ["get", (store, key) => store.get(key)],
  ["get of a version", (store, key) => store.get(key, "null")],
  ["metadata", (store, key) => store.metadata(key, "null")],
  ["read", (store, key) => store.read(key)],
  ["versions of a key", (store, key) => allOf(store.versions({ key }))],
];
const FOLDER_READS: typeof READS = [
  ["list", (store, key) => allOf(store.list(key))],
  ["versions of a folder", (store, key) => allOf(store.versions({ folder: key }))],
];

export function testKeys({ store, folder, alone }: ContractSubject): void {
  test("keys that break the rules are refused before anything is done", () =>
    alone(async (opened) => {
      let requests = 0;
      opened.store.observe({ answered: () => requests++, retried: () => requests++ });
      for (const [key, what] of REFUSED) {
        const actions = key === "" ? [...WRITES, ...READS] : [...WRITES, ...READS, ...FOLDER_READS];
        for (const [name, action] of actions) {
          const failure = await failureOf(() => action(opened.store, key));
          expect(failure, `${name} of a key with ${what}`).toBeInstanceOf(DdbrError);
          expect((failure as DdbrError).code, `${name} of a key with ${what}`).toBe("location");
        }
      }
      expect(requests).toBe(0);
      expect(await keysUnder(opened.store, "")).toEqual([]);
    }));

  test("odd names are names like any other", async () => {
    const name = folder();
    const keys = ODD_NAMES.flatMap((odd) => [`${name}/objects/${odd}`, `${name}/folders/${odd}/inner`]);
    for (const key of keys) await store().put(key, `content of ${key}`);
    expect(await keysUnder(store(), name)).toEqual([...keys].sort());
    for (const key of keys) {
      expect(await textOf(store(), key)).toBe(`content of ${key}`);
      expect((await versionsOf(store(), key)).map((version) => version.key)).toEqual([key]);
    }
    for (const odd of ODD_NAMES) {
      expect(await keysUnder(store(), `${name}/folders/${odd}`)).toEqual([`${name}/folders/${odd}/inner`]);
    }
  }, 60_000);

  test("odd names keep versions, uploads and deletions", async () => {
    const name = folder();
    for (const odd of ODD_NAMES) {
      const key = `${name}/${odd}`;
      await store().put(key, "one");
      const upload = await store().upload(key, { metadata: { n: "2" } });
      await upload.write(Buffer.from("two"));
      await upload.complete();
      expect(await textOf(store(), key)).toBe("two");
      await store().delete(key);
      expect(await store().get(key)).toBeUndefined();
    }
    expect(await keysUnder(store(), name)).toEqual([]);
  }, 60_000);

  test("a long key of several names is taken", async () => {
    const name = folder();
    const key = `${name}/${`${"x".repeat(150)}/`.repeat(4)}${"y".repeat(200)}`;
    await store().put(key, "deep");
    expect(await textOf(store(), key)).toBe("deep");
    expect(await keysUnder(store(), name)).toEqual([key]);
  });
}
