import { driftingOrders, order } from "../helpers/orders.ts";
import type { TestPlace } from "../helpers/stores.ts";
import { createTable, type TestTable } from "../helpers/table.ts";
import { hashName, idName, type WireItem, writeFolder } from "../incremental/diff-backups.ts";

const md5Name = ({ id }: WireItem) => hashName({ id }, "md5");

export interface DriftingFolder {
  table: TestTable;
  /** Where the folder lies in the place. */
  path: string;
  /** What is there beside what `driftingOrders` drifts by. */
  secondObjects: number;
  foreign: number;
}

/** A table and its folder, which lacks records, has others, holds some twice, some under older names, and objects that are no records. */
export async function driftingFolder(
  place: TestPlace,
  items: number,
  every: number,
): Promise<DriftingFolder> {
  const table = await createTable();
  const { primary, replica } = driftingOrders(items, every);
  const folder = `inc/${table.name}`;
  const twice = ["order-5", "order-15", `order-${items}`].map((id) => order(id));
  const older = (item: WireItem) => /^order-\d*9$/.test((item as ReturnType<typeof order>).id!.S!);
  await table.load(primary());
  await writeFolder(place, folder, replica(), (item) => (older(item) ? md5Name(item) : idName(item)));
  await writeFolder(place, folder, twice, md5Name);
  const foreign = {
    "notes.txt": "no record",
    [hashName({ id: "torn" })]: '{"id":{"S":"to',
    [hashName({ id: "keyless" })]: '{"name":{"S":"x"}}',
    [hashName({ id: "elsewhere" })]: JSON.stringify(order("order-3")),
  };
  for (const [name, body] of Object.entries(foreign)) await place.put(`${folder}/${name}`, body);
  return { table, path: folder, secondObjects: twice.length, foreign: Object.keys(foreign).length };
}
