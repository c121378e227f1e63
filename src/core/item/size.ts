import { type AttributeValue, typeOf, type WireItem } from "./attribute-value.ts";
import { digitPairs } from "./number.ts";

/** Bytes that DynamoDB counts for an item: UTF-8 attribute names and values, by its documented rules. */
export function itemSize(item: WireItem): number {
  let size = 0;
  for (const name of Object.keys(item)) size += Buffer.byteLength(name) + valueSize(item[name]!);
  return size;
}

/** A list or map costs 3 bytes and 1 for each element. */
const CONTAINER = 3;
const ELEMENT = 1;

function valueSize(value: AttributeValue): number {
  if ("S" in value) return Buffer.byteLength(value.S);
  if ("N" in value) return numberSize(value.N);
  if ("B" in value) return binarySize(value.B);
  if ("L" in value) return value.L.reduce((size, element) => size + ELEMENT + valueSize(element), CONTAINER);
  if ("M" in value) return CONTAINER + ELEMENT * Object.keys(value.M).length + itemSize(value.M);
  if ("SS" in value) return sum(value.SS, Buffer.byteLength);
  if ("NS" in value) return sum(value.NS, numberSize);
  if ("BS" in value) return sum(value.BS, binarySize);
  if ("BOOL" in value || "NULL" in value) return 1;
  throw new TypeError(`an attribute value of unknown type ${typeOf(value)}`);
}

/** One byte for every pair of digits with a significant one, one for the exponent, one for a minus sign. */
function numberSize(text: string): number {
  return digitPairs(text) + 1 + (text.startsWith("-") ? 1 : 0);
}

function binarySize(base64: string): number {
  return Buffer.byteLength(base64, "base64");
}

function sum(members: string[], size: (member: string) => number): number {
  return members.reduce((total, member) => total + size(member), 0);
}
