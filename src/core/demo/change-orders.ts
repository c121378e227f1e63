import { keyOf } from "../item/attribute-value.ts";
import type { Table } from "../table/table.ts";
import { CHANGES } from "./drift.ts";
import { ORDER_SCHEMA, order } from "./order.ts";

/** What a morning in the demo's shop comes to. */
export interface OrderChanges {
  added: number;
  changed: number;
  deleted: number;
}

const ADDED = 24;
const CHANGED_IN_EACH_WAY = 5;
const DELETED = 12;
/** Orders between two that change, so that changes are spread over the table. */
const APART = 37;
/** BatchWriteItem takes no more. */
const BATCH = 25;

/** Adds, changes and deletes some orders of the demo's table, the same for the same arguments. */
export async function changeOrders(
  table: Table,
  { seed, orders, signal }: { seed: number; orders: number; signal: AbortSignal },
): Promise<OrderChanges> {
  let next = 0;
  const another = () => order(seed, (next++ * APART) % orders, orders);
  const added = Array.from({ length: ADDED }, (_, n) => order(seed, orders + n, orders));
  const changed = Object.values(CHANGES).flatMap((change) =>
    Array.from({ length: CHANGED_IN_EACH_WAY }, () => change(another())),
  );
  const puts = [...added, ...changed];
  for (let from = 0; from < puts.length; from += BATCH)
    await table.write(puts.slice(from, from + BATCH), signal);
  const gone = Array.from({ length: DELETED }, () => keyOf(another(), ORDER_SCHEMA));
  for (const item of await table.read(gone, true, signal)) await table.delete(item);
  return { added: added.length, changed: changed.length, deleted: gone.length };
}
