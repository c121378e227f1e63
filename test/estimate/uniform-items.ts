import type { Item } from "../helpers/table.ts";

const DIGITS = 9;

/** Items that all have the same size: `bytes`, as DynamoDB counts them. */
export function* uniformItems(from: number, to: number, bytes: number): Generator<Item> {
  // Names of attributes count as well: `id` and `text`.
  const text = "x".repeat(bytes - "id".length - DIGITS - "text".length);
  for (let index = from; index < to; index++) {
    yield { id: { S: String(index).padStart(DIGITS, "0") }, text: { S: text } };
  }
}
