import { expect, test } from "bun:test";
import fc from "fast-check";
import { BUCKET_COUNTS, type BucketCount, BucketTable } from "../../src/core/fingerprint/bucket-table.ts";
import { compareFingerprints } from "../../src/core/fingerprint/fingerprint.ts";
import { fromJson, toJson } from "../../src/core/fingerprint/fingerprint-json.ts";
import { Fingerprinter } from "../../src/core/fingerprint/fingerprinter.ts";
import type { KeyAttribute, WireItem } from "../../src/core/item/attribute-value.ts";
import { respelling } from "../item/respell.ts";
import { wireItem } from "../item/wire-items.ts";
import { differing, documented, idOf, opened } from "./documented.ts";

const KEY: KeyAttribute[] = [
  { name: "id", type: "S" },
  { name: "at", type: "N" },
];

const keyed = fc
  .tuple(wireItem, fc.string({ unit: "grapheme", minLength: 1 }), fc.nat(1e9))
  .map(([item, id, at]): WireItem => ({ ...item, id: { S: id }, at: { N: `${at}` } }));

function fingerprintOf(items: Iterable<WireItem>, buckets: BucketCount = 4096, key = KEY): Fingerprinter {
  const made = new Fingerprinter(key, buckets);
  for (const item of items) made.add(item);
  return made;
}

test("is what the documentation says, with any number of buckets", () => {
  fc.assert(
    fc.property(fc.array(keyed, { maxLength: 12 }), fc.constantFrom(...BUCKET_COUNTS), (items, buckets) => {
      expect(opened(toJson(fingerprintOf(items, buckets)))).toEqual(documented(items, ["id", "at"], buckets));
    }),
    { numRuns: 60 },
  );
});

test("does not depend on order, parts, spelling or the order of the key", () => {
  fc.assert(
    fc.property(fc.array(keyed, { maxLength: 20 }), respelling, fc.nat(20), (items, respell, cut) => {
      const { digest } = toJson(fingerprintOf(items));
      expect(toJson(fingerprintOf(items.toReversed())).digest).toBe(digest);
      expect(toJson(fingerprintOf(items.map(respell), 4096, KEY.toReversed())).digest).toBe(digest);
      const whole = new BucketTable(4096);
      whole.addAll(fingerprintOf(items.slice(0, cut)).table);
      whole.addAll(fingerprintOf(items.slice(cut)).table);
      expect(toJson({ key: KEY, table: whole }).digest).toBe(digest);
    }),
    { numRuns: 50 },
  );
});

test("sums carry and wrap as numbers of 128 bits", () => {
  const id = new Uint8Array(32);
  const digests = Array.from({ length: 40 }, (_, at) => new Uint8Array(32).fill(at % 3 === 0 ? 1 : 0xff));
  const table = new BucketTable(16);
  for (const digest of digests) table.add(id, digest);
  const sum = digests.reduce(
    (total, digest) => total + BigInt(`0x${Buffer.from(digest.subarray(0, 16)).toString("hex")}`),
    0n,
  );
  expect(opened(toJson({ key: KEY, table })).sums[0]).toBe(sum % 2n ** 128n);
});

test("two equal items do not cancel each other", () => {
  const item: WireItem = { id: { S: "a" }, at: { N: "1" } };
  expect(toJson(fingerprintOf([item, item])).digest).not.toBe(toJson(fingerprintOf([])).digest);
});

test("what old global tables add for themselves does not count; anything else does", () => {
  const item: WireItem = { id: { S: "a" }, at: { N: "1" } };
  const { digest } = toJson(fingerprintOf([item]));
  expect(toJson(fingerprintOf([{ ...item, "aws:rep:updatetime": { N: "5" } }])).digest).toBe(digest);
  expect(toJson(fingerprintOf([{ ...item, "aws:reply": { N: "5" } }])).digest).not.toBe(digest);
  expect(toJson(fingerprintOf([{ ...item, m: { M: { "aws:rep:x": { N: "5" } } } }])).digest).not.toBe(
    toJson(fingerprintOf([{ ...item, m: { M: {} } }])).digest,
  );
});

test("one changed digit in a million items changes exactly one bucket", () => {
  const COUNT = 1_000_000;
  const CHANGED = 765_432;
  const item = (index: number, changed: boolean): WireItem => ({
    id: { S: `order-${index}` },
    total: { N: changed && index === CHANGED ? `${index}.37` : `${index}.36` },
  });
  const key: KeyAttribute[] = [{ name: "id", type: "S" }];
  const before = new Fingerprinter(key, 4096);
  const after = new Fingerprinter(key, 4096);
  for (let index = 0; index < COUNT; index++) before.add(item(index, false));
  // In another order: 7919 is prime to the count.
  for (let index = 0; index < COUNT; index++) after.add(item((index * 7919) % COUNT, true));
  const changed = Number.parseInt(idOf(item(CHANGED, true), ["id"]).slice(0, 3), 16);
  expect(compareFingerprints(before, after).differing).toEqual([changed]);
  const [a, b] = [opened(toJson(before)), opened(toJson(after))];
  expect(differing(a, b)).toEqual([changed]);
  expect([a.items, b.items]).toEqual([COUNT, COUNT]);
  expect(Math.min(...a.counts)).toBeGreaterThan(100);
}, 60_000);

test("the finer of two is folded to the coarser", () => {
  const items = Array.from(
    { length: 500 },
    (_, index): WireItem => ({ id: { S: `${index}` }, at: { N: "1" } }),
  );
  const fine = fingerprintOf(items, 65_536);
  for (const buckets of BUCKET_COUNTS) {
    const coarse = fingerprintOf(items, buckets);
    expect(compareFingerprints(fine, coarse).differing).toEqual([]);
    expect(compareFingerprints(coarse, fine).differing).toEqual([]);
    const other = fingerprintOf(items.slice(1), buckets);
    const bucket = Number.parseInt(idOf(items[0]!, ["id", "at"]).slice(0, Math.log2(buckets) / 4), 16);
    expect(compareFingerprints(fine, other).differing).toEqual([bucket]);
  }
});

test("what was altered in a file is noticed", () => {
  const json = toJson(fingerprintOf([{ id: { S: "a" }, at: { N: "1" } }]));
  expect(typeof fromJson(json)).toBe("object");
  const other = toJson(fingerprintOf([{ id: { S: "b" }, at: { N: "1" } }]));
  for (const wrong of [
    { ...json, items: 2 },
    { ...json, digest: other.digest },
    { ...json, table: other.table },
    { ...json, table: json.table.slice(0, 40) },
    { ...json, table: 5 },
    { ...json, buckets: 256 },
    { ...json, buckets: 17 },
    { ...json, key: "id" },
    { ...json, key: [{ name: "id", type: "BOOL" }] },
    null,
    [],
    "x",
  ]) {
    expect(typeof fromJson(wrong)).toBe("string");
  }
});
