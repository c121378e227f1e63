import type { Dice } from "../../../src/core/demo/dice.ts";
import type { Item } from "../../helpers/table.ts";

const bytes = (...values: number[]) => new Uint8Array(values);

/** Attributes that are easily altered on the way, as the server gives them back: sets in its order, numbers in its spelling. */
const SPECIAL: Item[] = [
  { n: { N: "12345678901234567890123456789012345678" } },
  { n: { N: "-0.00000000000000000000000000000000000012345678901234567890123456789012345678" } },
  { n: { N: "9007199254740993" }, empty: { S: "" }, none: { NULL: true } },
  { b: { B: bytes(0, 255, 128, 10, 13) }, emptyBinary: { B: bytes() } },
  { ss: { SS: ["", "a", "b"] }, ns: { NS: ["-1", "2.5", "10"] }, bs: { BS: [bytes(0), bytes(1, 2)] } },
  { l: { L: [{ L: [] }, { M: {} }, { M: { toJSON: { S: "x" }, "a.b": { N: "1" } } }] }, no: { BOOL: false } },
  { "line\nbreak\u2028": { S: "\n\r\u2028\u0000\u001b[31m" }, 日本: { S: "😀 e\u0301" } },
  { large: { S: "x".repeat(5_000) } },
];

/** An item of this id that has something special in it. */
export function specialItem(id: string, dice: Dice): Item {
  return { id: { S: id }, v: { N: `${dice.between(0, 1_000_000)}` }, ...dice.pick(SPECIAL) };
}

/** So many ids. */
export function ids(count: number): string[] {
  return Array.from({ length: count }, (_, at) => `r-${at.toString().padStart(6, "0")}`);
}

/** One item for about that share of the ids. */
export function someItems(names: readonly string[], dice: Dice, share = 1): Item[] {
  return names.filter(() => dice.chance(share)).map((id) => specialItem(id, dice));
}

export function record(id: string, v: number): Item {
  return { id: { S: id }, v: { N: `${v}` } };
}

/** The first id that a request or an answer names. */
export function idIn(body: string | undefined): string | undefined {
  return /"id":\{"S":"([^"]+)"/.exec(body ?? "")?.[1];
}
