import { afterAll, afterEach, beforeAll, expect } from "bun:test";
import { createTable, type Item, type KeySchema, type TestTable } from "../helpers/table.ts";

const PRIMARY: Item[] = [
  { id: { S: "same" }, text: { S: "x" } },
  { id: { S: "different" }, text: { S: "as it should be" } },
  { id: { S: "missing" }, text: { S: "x" } },
];
const REPLICA: Item[] = [
  { id: { S: "same" }, text: { S: "x" } },
  { id: { S: "different" }, text: { S: "as it is" } },
  { id: { S: "extraneous" }, text: { S: "x" } },
];

export interface DriftedTables {
  primary: TestTable;
  replica: TestTable;
}

/**
 * Two tables for the tests of a file, which a repair would have work on; after each test they must be as they were.
 * The result is filled in before the first test.
 */
export function driftedTables(): DriftedTables {
  const tables = {} as DriftedTables;
  beforeAll(async () => {
    [tables.primary, tables.replica] = await Promise.all([createTable(), createTable()]);
    await Promise.all([tables.primary.load(PRIMARY), tables.replica.load(REPLICA)]);
  });
  afterEach(async () => {
    const [primary, replica] = await Promise.all([tables.primary.items(), tables.replica.items()]);
    // What one test lets be written must not fail those behind it.
    await Promise.all([restore(tables.primary, primary, PRIMARY), restore(tables.replica, replica, REPLICA)]);
    expect({ primary: byId(primary), replica: byId(replica) }, "nothing is written").toEqual({
      primary: byId(PRIMARY),
      replica: byId(REPLICA),
    });
  });
  afterAll(async () => {
    await Promise.all([tables.primary.drop(), tables.replica.drop()]);
  });
  return tables;
}

/** More tables for the tests of a file, one per schema. */
export function emptyTables<Name extends string>(schemas: Record<Name, KeySchema>): Record<Name, TestTable> {
  const tables = {} as Record<Name, TestTable>;
  beforeAll(async () => {
    const names = Object.keys(schemas) as Name[];
    const made = await Promise.all(names.map((name) => createTable(schemas[name])));
    for (const [at, name] of names.entries()) tables[name] = made[at]!;
  });
  afterAll(async () => {
    await Promise.all(Object.values<TestTable>(tables).map((table) => table.drop()));
  });
  return tables;
}

async function restore(table: TestTable, found: Item[], wanted: Item[]): Promise<void> {
  if (Bun.deepEquals(byId(found), byId(wanted))) return;
  for (const { id } of found) await table.delete({ id: id! });
  await table.load(wanted);
}

function byId(items: Item[]): Record<string, Item> {
  return Object.fromEntries(items.map((item) => [item.id?.S, item]).sort(([a], [b]) => (a! < b! ? -1 : 1)));
}
