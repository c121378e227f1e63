import type { Item } from "./table.ts";

/** What a replica is made to differ by. */
export type Drift = { kind: "missing" | "different" | "extraneous"; id: string };

export type DriftingTables = {
  primary: () => Generator<Item>;
  replica: () => Generator<Item>;
  drift: Drift[];
};

/** An order of about 350 bytes as DynamoDB counts them. */
export function order(id: string, note = ""): Item {
  const number = Number(id.replace(/\D/g, "")) || 1;
  return {
    id: { S: id },
    customer: { S: `customer-${number % 977}` },
    at: { N: String(1_732_330_101 + number) },
    total: { N: (number * 1.37).toFixed(2) },
    status: { S: ["paid", "sent", "returned"][number % 3]! },
    address: { M: { street: { S: `${number} Long Street` }, city: { S: "Anytown" }, zip: { N: "12345" } } },
    tags: { SS: ["gift", "express", "fragile"] },
    note: { S: `${note}${"x".repeat(150)}` },
  };
}

/**
 * Two tables of `count` orders of which one in `every` is missing from the replica, one in `every` different there,
 * and as many extraneous.
 */
export function driftingOrders(count: number, every: number): DriftingTables {
  const id = (index: number) => `order-${index}`;
  const missing = (index: number) => index % every === 1;
  const different = (index: number) => index % every === 2;
  const extraneous = Math.floor(count / every);
  const drift: Drift[] = [];
  for (let index = 0; index < count; index++) {
    if (missing(index)) drift.push({ kind: "missing", id: id(index) });
    if (different(index)) drift.push({ kind: "different", id: id(index) });
  }
  for (let index = 0; index < extraneous; index++) drift.push({ kind: "extraneous", id: id(count + index) });
  return {
    drift,
    *primary() {
      for (let index = 0; index < count; index++) yield order(id(index));
    },
    *replica() {
      for (let index = 0; index < count; index++) {
        if (!missing(index)) yield order(id(index), different(index) ? "stale " : "");
      }
      for (let index = 0; index < extraneous; index++) yield order(id(count + index));
    },
  };
}

/** `missing order-1` …, sorted: for comparing what was found with what was seeded. */
export function driftLines(drift: Iterable<Drift>): string[] {
  return [...drift].map(({ kind, id }) => `${kind} ${id}`).sort();
}
