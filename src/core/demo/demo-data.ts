import { type KeySchema, keyOf, type WireItem, type WireKey } from "../item/attribute-value.ts";
import { createDice } from "./dice.ts";
import { CHANGES, RESPELLINGS } from "./drift.ts";
import { ORDER_SCHEMA, order } from "./order.ts";

export const DEMO_PRIMARY = "orders";
export const DEMO_REPLICA = "orders-replica";

/** Orders in the primary. */
export const DEMO_ORDERS = 24_000;
const MISSING = 36;
const CHANGED_IN_EACH_WAY = 6;
const RESPELLED = 60;
const EXTRANEOUS = 30;

/** A difference that was put into the replica; `change` says which where the order is on both sides. */
export interface SeededDrift {
  kind: "missing" | "different" | "extraneous";
  key: WireKey;
  change?: string;
}

export interface DemoTables {
  schema: KeySchema;
  /** Made while they are read; every reading gives the same items in the same order. */
  primary: Iterable<WireItem>;
  replica: Iterable<WireItem>;
  /** How many items each side yields. */
  counts: { primary: number; replica: number };
  /** Exactly what a comparison has to find, each once. */
  drift: SeededDrift[];
}

/**
 * The orders of a shop and their drifted replica, the same for the same arguments.
 * Besides the drift, some orders are spelled differently on both sides yet are equal.
 * With fewer than some hundreds of orders there is less drift than usual.
 */
export function demoTables(seed: number, orders = DEMO_ORDERS): DemoTables {
  const victims = sample(seed, orders);
  const missing = new Set(victims.splice(0, MISSING));
  const edits = new Map<number, (typeof RESPELLINGS)[number]>();
  const drift: SeededDrift[] = [];
  const original = (index: number) => order(seed, index, orders);
  const keyAt = (index: number) => keyOf(original(index), ORDER_SCHEMA);

  for (const index of missing) drift.push({ kind: "missing", key: keyAt(index) });
  for (const [change, edit] of Object.entries(CHANGES)) {
    for (const index of victims.splice(0, CHANGED_IN_EACH_WAY)) {
      edits.set(index, edit);
      drift.push({ kind: "different", key: keyAt(index), change });
    }
  }
  for (const [n, index] of victims.splice(0, RESPELLED).entries()) {
    edits.set(index, RESPELLINGS[n % RESPELLINGS.length]!);
  }
  const extraneous = Array.from({ length: EXTRANEOUS }, (_, n) => orders + n);
  for (const index of extraneous) drift.push({ kind: "extraneous", key: keyAt(index) });

  return {
    schema: ORDER_SCHEMA,
    primary: iterable(function* () {
      for (let index = 0; index < orders; index++) yield original(index);
    }),
    replica: iterable(function* () {
      for (let index = 0; index < orders; index++) {
        if (missing.has(index)) continue;
        const edit = edits.get(index);
        yield edit ? edit(original(index)) : original(index);
      }
      yield* extraneous.map(original);
    }),
    counts: { primary: orders, replica: orders - missing.size + extraneous.length },
    drift,
  };
}

/** So many of the indices as drift needs, each once, in no order. */
function sample(seed: number, orders: number): number[] {
  const dice = createDice(seed);
  const wanted = MISSING + CHANGED_IN_EACH_WAY * Object.keys(CHANGES).length + RESPELLED;
  const chosen = new Set<number>();
  while (chosen.size < Math.min(wanted, orders)) chosen.add(dice.between(0, orders - 1));
  return [...chosen];
}

function iterable<Element>(generate: () => Iterator<Element>): Iterable<Element> {
  return { [Symbol.iterator]: generate };
}
