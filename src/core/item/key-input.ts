import { isLosslessNumber, parse } from "lossless-json";
import { DdbrError } from "../errors.ts";
import { escapeForTerminal } from "../escape.ts";
import { describeSchema } from "../table/describe.ts";
import type { AttributeValue, KeyAttribute, KeySchema, KeyType, WireKey } from "./attribute-value.ts";
import { setOwn } from "./attribute-value.ts";
import { numberProblem, plainNumber } from "./number.ts";

/**
 * Reads a key as people type it: `{"id":"abc","at":5}`, typed by the table's key schema (a number as `5` or `"5"`,
 * binary as base64), or its wire form `{"id":{"S":"abc"},"at":{"N":"5"}}`.
 * @throws DdbrError `key` that says what is wrong and names the key schema
 */
export function parseKey(text: string, schema: KeySchema): WireKey {
  const wrong = (problem: string) =>
    new DdbrError("key", problem, {
      subject: `key ${escapeForTerminal(text)}`,
      hint: `the table's key is ${describeSchema(schema)}, e.g. ${exampleKey(schema)}`,
    });
  const typed = parseObject(text, wrong);
  const names = new Set(schema.map(({ name }) => name));
  const stranger = Object.keys(typed).find((name) => !names.has(name));
  if (stranger !== undefined) throw wrong(`${JSON.stringify(stranger)} is not a key attribute of the table`);
  const key: WireKey = {};
  for (const attribute of schema) {
    if (!Object.hasOwn(typed, attribute.name)) throw wrong(`${JSON.stringify(attribute.name)} is missing`);
    setOwn(key, attribute.name, keyValue(typed[attribute.name], attribute, wrong));
  }
  return key;
}

type Wrong = (problem: string) => DdbrError;

function parseObject(text: string, wrong: Wrong): Record<string, unknown> {
  let value: unknown;
  try {
    value = parse(text, undefined, {
      onDuplicateKey: ({ key }) => {
        throw wrong(`${JSON.stringify(key)} is given twice`);
      },
    });
  } catch (error) {
    if (error instanceof DdbrError) throw error;
    throw wrong("is not JSON");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value) || isLosslessNumber(value)) {
    throw wrong("is not a JSON object");
  }
  return value as Record<string, unknown>;
}

function keyValue(typed: unknown, { name, type }: KeyAttribute, wrong: Wrong): AttributeValue {
  const content = textOf(wireContent(typed, name, type, wrong) ?? typed, type);
  const expected = { S: "a string", N: "a number", B: "binary as base64 text" }[type];
  if (content === undefined) throw wrong(`${JSON.stringify(name)} is not ${expected}`);
  if (content === "") throw wrong(`${JSON.stringify(name)} is empty, which no key can be`);
  const problem = type === "N" ? numberProblem(content) : type === "B" ? base64Problem(content) : undefined;
  if (problem !== undefined) throw wrong(`${JSON.stringify(name)} is ${problem}`);
  if (type === "S" && !content.isWellFormed())
    throw wrong(`${JSON.stringify(name)} holds half of a surrogate pair`);
  // As DynamoDB spells it, so that the key's id is that of the stored record.
  return { [type]: type === "N" ? plainNumber(content) : content } as AttributeValue;
}

/** What `{"S":…}` holds, where the value is in wire form. */
function wireContent(typed: unknown, name: string, type: KeyType, wrong: Wrong): unknown {
  if (typeof typed !== "object" || typed === null || Array.isArray(typed) || isLosslessNumber(typed))
    return undefined;
  const tags = Object.keys(typed);
  if (tags.length !== 1) throw wrong(`${JSON.stringify(name)} is neither a value nor one in wire form`);
  if (tags[0] !== type)
    throw wrong(`${JSON.stringify(name)} has type ${JSON.stringify(tags[0])}, not ${type}`);
  const content = (typed as Record<string, unknown>)[type];
  if (typeof content !== "string")
    throw wrong(`${JSON.stringify(name)} is no wire form: {"${type}":"…"} holds text`);
  return content;
}

function textOf(value: unknown, type: KeyType): string | undefined {
  if (typeof value === "string") return value;
  return type === "N" && isLosslessNumber(value) ? value.toString() : undefined;
}

function base64Problem(text: string): string | undefined {
  return Buffer.from(text, "base64").toString("base64") === text ? undefined : "not base64 (with padding)";
}

function exampleKey(schema: KeySchema): string {
  const examples = { S: '"abc"', N: "5", B: '"AAE="' };
  return `{${schema.map(({ name, type }) => `${JSON.stringify(name)}:${examples[type]}`).join(",")}}`;
}
