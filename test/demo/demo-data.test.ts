import { expect, test } from "bun:test";
import { DEMO_ORDERS, demoTables } from "../../src/core/demo/demo-data.ts";
import { type AttributeValue, keyOf, typeOf, type WireItem } from "../../src/core/item/attribute-value.ts";
import { canonicalItem } from "../../src/core/item/canonical.ts";

const ORDERS = 2_000;
const demo = demoTables(7, ORDERS);
const primary = byKey(demo.primary);
const replica = byKey(demo.replica);

function byKey(items: Iterable<WireItem>): Map<string, WireItem> {
  return new Map([...items].map((item) => [canonicalItem(keyOf(item, demo.schema)), item]));
}

test("the same arguments give the same tables, at every reading", () => {
  const again = demoTables(7, ORDERS);
  expect([...again.primary]).toEqual([...demo.primary]);
  expect([...again.replica]).toEqual([...demo.replica]);
  expect(again.drift).toEqual(demo.drift);
  expect([...demoTables(8, ORDERS).primary]).not.toEqual([...demo.primary]);
});

test("there are as many items as announced, each key once", () => {
  expect(primary.size).toBe(demo.counts.primary);
  expect(replica.size).toBe(demo.counts.replica);
  expect([...demo.primary]).toHaveLength(demo.counts.primary);
  expect(demoTables(7).counts.primary).toBe(DEMO_ORDERS);
});

test("the tables differ exactly by the seeded drift", () => {
  const found: string[] = [];
  for (const [key, item] of primary) {
    const other = replica.get(key);
    if (other === undefined) found.push(`missing ${key}`);
    else if (canonicalItem(item) !== canonicalItem(other)) found.push(`different ${key}`);
  }
  for (const key of replica.keys()) if (!primary.has(key)) found.push(`extraneous ${key}`);
  expect(found.sort()).toEqual(demo.drift.map(({ kind, key }) => `${kind} ${canonicalItem(key)}`).sort());
});

test("there are dozens of every kind of drift, in every way", () => {
  const count = (kind: string) => demo.drift.filter((drift) => drift.kind === kind).length;
  for (const kind of ["missing", "different", "extraneous"]) expect(count(kind)).toBeGreaterThanOrEqual(24);
  const changes = new Set(demo.drift.map(({ change }) => change).filter(Boolean));
  expect(changes.size).toBeGreaterThanOrEqual(5);
});

test("dozens of orders are equal though spelled differently", () => {
  const respelled = [...primary].filter(([key, item]) => {
    const other = replica.get(key);
    if (other === undefined || canonicalItem(item) !== canonicalItem(other)) return false;
    return JSON.stringify(item) !== JSON.stringify(other);
  });
  expect(respelled.length).toBeGreaterThanOrEqual(24);
});

test("orders hold every type of attribute, and what is hard to carry", () => {
  const types = new Set<string>();
  const collect = (value: AttributeValue) => {
    types.add(typeOf(value));
    if ("M" in value) Object.values(value.M).forEach(collect);
    if ("L" in value) value.L.forEach(collect);
  };
  for (const item of primary.values()) Object.values(item).forEach(collect);
  expect([...types].sort()).toEqual(["B", "BOOL", "BS", "L", "M", "N", "NS", "NULL", "S", "SS"]);
  const text = JSON.stringify([...primary.values()]);
  for (const part of ['{"S":""}', "🙂", "李", "ö"]) expect(text).toContain(part);
  expect(text).toMatch(/"N":"\d{38}"/);
});
