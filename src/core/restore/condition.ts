import { isLosslessNumber, parse } from "lossless-json";
import { DdbrError } from "../errors.ts";
import type { AttributeValue, WireItem } from "../item/attribute-value.ts";
import { equalValues } from "../item/equal.ts";
import { compareNumbers } from "../item/number.ts";
import { isWireItem } from "../item/validate.ts";

/** A condition on one attribute of an item. */
export interface Condition {
  /** As it was typed. */
  text: string;
  meets(item: WireItem): boolean;
}

const OPERATORS = ["=", "!=", "<=", ">=", "<", ">", "begins_with", "exists", "absent"] as const;
type Operator = (typeof OPERATORS)[number];

const NAME = String.raw`"(?:[^"\\]|\\.)*"|[^\s=<>!"]+`;
const FORM = new RegExp(
  String.raw`^\s*(?<name>${NAME})\s*(?:(?<sign>!=|<=|>=|=|<|>)\s*|\s(?<word>begins_with|exists|absent)(?:\s+|$))(?<value>.*?)\s*$`,
  "s",
);

const HINT = `it is an attribute, an operator (${OPERATORS.join(" ")}) and a value, e.g. 'status = "paid"', 'total > 10.5', 'email exists'`;

/**
 * Reads a condition: a name (in double quotes where it has blanks or signs), an operator, and a value as JSON; a bare word counts as a string,
 * and other types are given in wire form, e.g. `{"B":"AAE="}`. What has another type than the value meets only `!=`.
 * @throws DdbrError `usage`
 */
export function parseCondition(option: string, text: string): Condition {
  const wrong = (problem: string) =>
    new DdbrError("usage", `${option} ${JSON.stringify(text)} ${problem}`, { hint: HINT });
  const { name: quoted, sign, word, value = "" } = FORM.exec(text)?.groups ?? {};
  const operator = (sign ?? word) as Operator | undefined;
  if (quoted === undefined || operator === undefined) throw wrong("is no condition");
  const name = nameOf(quoted);
  if (name === undefined) throw wrong("has a name that is no JSON string");
  if (operator === "exists" || operator === "absent") {
    if (value !== "") throw wrong(`has a value after ${operator}`);
    return { text, meets: (item) => Object.hasOwn(item, name) === (operator === "exists") };
  }
  if (value === "") throw wrong("has no value");
  const wanted = wireValue(value);
  if (wanted === undefined)
    throw wrong("has a value that is neither a word, a number, true, false, null, nor in wire form");
  if (operator === "begins_with" && !("S" in wanted)) throw wrong("needs a string after begins_with");
  if (!isEquality(operator) && !["S", "N", "B"].some((type) => type in wanted)) {
    throw wrong("puts into order what has none: only strings, numbers and binary have");
  }
  return {
    text,
    meets: (item) => meets(Object.hasOwn(item, name) ? item[name] : undefined, operator, wanted),
  };
}

function isEquality(operator: Operator): boolean {
  return operator === "=" || operator === "!=";
}

function meets(value: AttributeValue | undefined, operator: Operator, wanted: AttributeValue): boolean {
  if (operator === "!=") return value === undefined || !equalValues(value, wanted);
  if (value === undefined) return false;
  if (operator === "=") return equalValues(value, wanted);
  if (operator === "begins_with") return "S" in value && value.S.startsWith((wanted as { S: string }).S);
  const order = compareValues(value, wanted);
  if (order === undefined) return false;
  if (operator === "<") return order < 0;
  if (operator === "<=") return order <= 0;
  return operator === ">" ? order > 0 : order >= 0;
}

/** As DynamoDB orders them: strings by their UTF-8 bytes, numbers by value, binary by bytes. Undefined for different types. */
function compareValues(a: AttributeValue, b: AttributeValue): number | undefined {
  if ("S" in a && "S" in b) return Buffer.compare(Buffer.from(a.S), Buffer.from(b.S));
  if ("N" in a && "N" in b) return compareNumbers(a.N, b.N);
  if ("B" in a && "B" in b) return Buffer.compare(Buffer.from(a.B, "base64"), Buffer.from(b.B, "base64"));
  return undefined;
}

function nameOf(text: string): string | undefined {
  if (!text.startsWith('"')) return text;
  try {
    return JSON.parse(text) as string;
  } catch {
    return undefined;
  }
}

function wireValue(text: string): AttributeValue | undefined {
  let value: unknown;
  try {
    value = parse(text);
  } catch {
    // A word, as long as it does not look like JSON that was mistyped.
    return /^[^\s"{[]+$/.test(text) ? { S: text } : undefined;
  }
  if (typeof value === "string") return { S: value };
  if (isLosslessNumber(value)) return { N: value.toString() };
  if (typeof value === "boolean") return { BOOL: value };
  if (value === null) return { NULL: true };
  return isWireItem({ value }) ? (value as AttributeValue) : undefined;
}
