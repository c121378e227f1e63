import { LosslessNumber, stringify } from "lossless-json";
import { escapeForTerminal } from "../escape.ts";
import { type AttributeValue, setOwn, typeOf, type WireItem } from "./attribute-value.ts";

/** The item as people write it, `{"id":"abc","n":5}`, on one line, safe to print. */
export function humanJson(item: WireItem): string {
  return escapeForTerminal(stringify(humanItem(item))!);
}

/** The item as people write it, an attribute on each line, safe to print. */
export function prettyJson(item: WireItem): string {
  return stringify(humanItem(item), undefined, 2)!.split("\n").map(escapeForTerminal).join("\n");
}

/** One value as people write it, on one line, safe to print. */
export function humanValue(value: AttributeValue): string {
  return escapeForTerminal(stringify(humanOf(value))!);
}

/** JSON text safe to print; wire form or any other plain data. */
export function safeJson(value: unknown): string {
  return escapeForTerminal(JSON.stringify(value));
}

function humanItem(item: WireItem): object {
  const human = {};
  for (const name of Object.keys(item)) setOwn<unknown>(human, name, humanOf(item[name]!));
  return human;
}

function humanOf(value: AttributeValue): unknown {
  if ("S" in value) return value.S;
  if ("N" in value) return humanNumber(value.N);
  if ("BOOL" in value) return value.BOOL;
  if ("NULL" in value) return null;
  if ("B" in value) return value.B;
  if ("L" in value) return value.L.map(humanOf);
  if ("M" in value) return humanItem(value.M);
  if ("SS" in value) return value.SS;
  if ("NS" in value) return value.NS.map(humanNumber);
  if ("BS" in value) return value.BS;
  return typeOf(value);
}

/** All digits are kept; DynamoDB's spellings are JSON's. */
function humanNumber(text: string): unknown {
  return /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/.test(text) ? new LosslessNumber(text) : text;
}

export { escapeForTerminal };
