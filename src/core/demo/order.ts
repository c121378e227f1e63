import type { AttributeValue, KeySchema, WireItem } from "../item/attribute-value.ts";
import { createDice, type Dice } from "./dice.ts";
import { NOTES, PEOPLE, PLACES, PRODUCTS, STATUSES, TAGS } from "./vocabulary.ts";

export const ORDER_SCHEMA: KeySchema = [
  { name: "customer", type: "S" },
  { name: "placedAt", type: "N" },
];

/** The attributes that the replica's drift touches; the others are as they come. */
export interface Order extends WireItem {
  status: { S: string };
  note: { S: string };
  address: { M: WireItem };
  total: { N: string };
  ledger: { N: string };
  tags: { SS: string[] };
  scores: { NS: string[] };
  fingerprints: { BS: string[] };
}

/** Orders a customer has, on average. */
const ORDERS_EACH = 8;
const FIRST_ORDER_AT = 1_731_000_000;
const SECONDS_BETWEEN = 640;
/** Spreads neighbouring orders' seeds far apart. */
const SEED_STRIDE = 0x9e3779b1;

/**
 * The `index`-th order of a shop of `count` orders (some more may follow): the same for the same arguments,
 * some hundreds of bytes, with every type of attribute.
 */
export function order(seed: number, index: number, count: number): Order {
  const dice = createDice(Math.imul(seed * 31 + index + 1, SEED_STRIDE));
  const customers = Math.max(1, Math.ceil(count / ORDERS_EACH));
  const name = PEOPLE[(index % customers) % PEOPLE.length]!;
  const lines = Array.from({ length: dice.between(1, 3) }, () => orderLine(dice));
  const item: Order = {
    customer: { S: `${mailbox(name)}${index % customers}@example.com` },
    placedAt: { N: `${FIRST_ORDER_AT + index * SECONDS_BETWEEN + dice.between(0, SECONDS_BETWEEN - 1)}` },
    order: { S: `o-${String(index).padStart(6, "0")}` },
    name: { S: name },
    status: { S: dice.pick(STATUSES) },
    address: { M: address(dice) },
    lines: { L: lines.map(({ wire }) => wire) },
    total: { N: decimal(lines.reduce((sum, { cents }) => sum + cents, 0)) },
    ledger: { N: ledgerNumber(dice) },
    tags: { SS: someOf(dice, TAGS) },
    scores: { NS: someOf(dice, ["-1.5", "0", "2.25", "17", "1000000"]) },
    thumbnail: { B: base64(dice, 24) },
    fingerprints: { BS: [base64(dice, 9), base64(dice, 6)] },
    giftWrap: { BOOL: dice.chance(0.2) },
    coupon: dice.chance(0.7) ? { NULL: true } : { S: `SAVE${dice.between(5, 25)}` },
    note: { S: dice.pick(NOTES) },
    "utm.source": { S: dice.pick(["mail", "search", "shop window"]) },
  };
  if (dice.chance(0.5)) item.points = { N: `${dice.between(10, 900)}` };
  return item;
}

/** With its letters, so that keys hold more than ASCII. */
function mailbox(name: string): string {
  return name.toLowerCase().replace(/[^\p{Letter}]+/gu, ".");
}

function address(dice: Dice): WireItem {
  const { street, ...place } = dice.pick(PLACES);
  return {
    street: { S: `${street} ${dice.between(1, 240)}` },
    zip: { S: place.zip },
    city: { S: place.city },
    country: { S: place.country },
    door: { M: { floor: { N: `${dice.between(0, 9)}` }, code: { S: dice.chance(0.5) ? "" : "#4711" } } },
  };
}

function orderLine(dice: Dice): { wire: AttributeValue; cents: number } {
  const { sku, title, cents } = dice.pick(PRODUCTS);
  const quantity = dice.between(1, 4);
  const wire = {
    M: { sku: { S: sku }, title: { S: title }, price: { N: decimal(cents) }, quantity: { N: `${quantity}` } },
  };
  return { wire, cents: cents * quantity };
}

/** Some of the list, each once: at least two, so that one can be taken away. */
function someOf(dice: Dice, list: readonly string[]): string[] {
  const first = dice.between(0, list.length - 2);
  return list.filter((_, n) => n === first || n === first + 1 || dice.chance(0.2));
}

/** All 38 digits that a DynamoDB number has; the last is never 0, so that it stays one of them. */
function ledgerNumber(dice: Dice): string {
  const middle = Array.from({ length: 36 }, () => dice.between(0, 9)).join("");
  return `${dice.between(1, 9)}${middle}${dice.between(1, 9)}`;
}

/** As DynamoDB itself spells it: no zeros at the end. */
function decimal(cents: number): string {
  return `${cents / 100}`;
}

function base64(dice: Dice, bytes: number): string {
  return Buffer.from(dice.bytes(bytes)).toString("base64");
}
