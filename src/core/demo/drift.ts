import type { WireItem } from "../item/attribute-value.ts";
import type { Order } from "./order.ts";

type Edit = (order: Order) => WireItem;

/** Ways in which a replica's order comes to differ from the primary's; each returns a changed copy. */
export const CHANGES: Readonly<Record<string, Edit>> = {
  "attribute changed": (order) => ({ ...order, status: { S: "lost in transit" } }),
  "attribute absent": ({ note: _, ...order }) => order,
  "attribute added": (order) => ({ ...order, migrated: { BOOL: true } }),
  "nested value": (order) => ({
    ...order,
    address: { M: { ...order.address.M, door: { M: { floor: { N: "99" }, code: { S: "" } } } } },
  }),
  "last of 38 digits": (order) => ({ ...order, ledger: { N: lastDigitOff(order.ledger.N) } }),
  "set member absent": (order) => ({ ...order, tags: { SS: order.tags.SS.slice(1) } }),
  "number as text": (order) => ({ ...order, total: { S: order.total.N } }),
  "text emptied": (order) => ({ ...order, name: { S: "" } }),
};

/** Ways to spell an order otherwise without changing what it says: no comparison may report one. */
export const RESPELLINGS: readonly Edit[] = [
  (order) => ({ ...order, tags: { SS: order.tags.SS.toReversed() } }),
  (order) => ({ ...order, scores: { NS: order.scores.NS.toReversed() } }),
  (order) => ({ ...order, fingerprints: { BS: order.fingerprints.BS.toReversed() } }),
  (order) => ({ ...order, total: { N: `${order.total.N}E0` } }),
  (order) => ({ ...order, ledger: { N: `${order.ledger.N}.0` } }),
  (order) => Object.fromEntries(Object.entries(order).toReversed()),
];

function lastDigitOff(digits: string): string {
  const last = Number(digits.at(-1));
  return `${digits.slice(0, -1)}${last === 9 ? 8 : last + 1}`;
}
