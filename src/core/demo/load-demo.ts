import { promisify } from "node:util";
import type { Store, TableRecord } from "dynalite";
import createTable from "dynalite/actions/createTable";
import { createKey } from "dynalite/db";
import { validateAttributeValue } from "dynalite/validations";
import type { KeySchema, WireItem } from "../item/attribute-value.ts";
import { itemSize } from "../item/size.ts";
import { DEMO_PRIMARY, DEMO_REPLICA, type DemoTables } from "./demo-data.ts";

const BATCH = 500;

/**
 * Creates {@link DEMO_PRIMARY} and {@link DEMO_REPLICA} and fills them, past dynalite's requests, which take five
 * times as long. `progress` is told the items written so far, of both tables together.
 */
export async function loadDemo(
  store: Store,
  demo: DemoTables,
  progress: (loaded: number) => void,
): Promise<void> {
  let loaded = 0;
  const written = (items: number) => {
    loaded += items;
    progress(loaded);
  };
  await loadTable(store, await newTable(store, DEMO_PRIMARY, demo.schema), demo.primary, written);
  await loadTable(store, await newTable(store, DEMO_REPLICA, demo.schema), demo.replica, written);
}

async function newTable(store: Store, TableName: string, schema: KeySchema): Promise<TableRecord> {
  await promisify(createTable)(store, {
    TableName,
    AttributeDefinitions: schema.map(({ name, type }) => ({ AttributeName: name, AttributeType: type })),
    KeySchema: schema.map(({ name }, n) => ({ AttributeName: name, KeyType: n === 0 ? "HASH" : "RANGE" })),
    BillingMode: "PAY_PER_REQUEST",
  });
  const getTable = promisify(store.getTable);
  for (;;) {
    const table = await getTable(TableName, false);
    if (table.TableStatus === "ACTIVE") return table;
    await Bun.sleep(1);
  }
}

async function loadTable(
  store: Store,
  table: TableRecord,
  items: Iterable<WireItem>,
  written: (items: number) => void,
): Promise<void> {
  const database = store.getItemDb(table.TableName);
  const write = promisify(database.batch);
  let count = 0;
  let bytes = 0;
  let batch: { type: "put"; key: string; value: WireItem }[] = [];
  const flush = async () => {
    await write(batch);
    written(batch.length);
    batch = [];
  };
  for (const item of items) {
    for (const name in item) validateAttributeValue(item[name]!);
    batch.push({ type: "put", key: createKey(item, table), value: item });
    count++;
    bytes += itemSize(item);
    if (batch.length === BATCH) await flush();
  }
  await flush();
  // dynalite never counts, and describing a table tells how large it is.
  await promisify(store.tableDb.put)(table.TableName, { ...table, ItemCount: count, TableSizeBytes: bytes });
}
