import { isLosslessNumber, parse } from "lossless-json";
import { DdbrError } from "../errors.ts";
import { escapeForTerminal } from "../escape.ts";
import type { KeyAttribute, KeySchema, KeyType } from "./attribute-value.ts";

const TYPES: ReadonlySet<string> = new Set(["S", "N", "B"]);

/**
 * A key's schema where there is no table to ask: wire form says its types, a number is N and a text is S unless
 * `types` says otherwise.
 * @throws DdbrError `key`
 */
export function schemaFromKey(text: string, types: ReadonlyMap<string, KeyType>): KeySchema {
  const wrong = (problem: string) =>
    new DdbrError("key", problem, {
      subject: `key ${escapeForTerminal(text)}`,
      hint: 'a key is one or two attributes, e.g. {"id":"abc"}; --key-type id=N says what a text stands for',
    });
  const value = parsed(text);
  if (typeof value !== "object" || value === null || Array.isArray(value) || isLosslessNumber(value)) {
    throw wrong("is not a JSON object");
  }
  const attributes = Object.entries(value).map(([name, typed]): KeyAttribute => {
    const type = types.get(name) ?? typeOfTyped(typed);
    if (type === undefined) throw wrong(`${JSON.stringify(name)} is neither a text nor a number`);
    return { name, type };
  });
  const stranger = [...types.keys()].find((name) => attributes.every((attribute) => attribute.name !== name));
  if (stranger !== undefined) throw wrong(`has no ${JSON.stringify(stranger)}, which --key-type names`);
  const [partition, sort, ...more] = attributes;
  if (partition === undefined || more.length > 0) throw wrong(`has ${attributes.length} attributes`);
  return sort === undefined ? [partition] : [partition, sort];
}

function parsed(text: string): unknown {
  try {
    return parse(text);
  } catch {
    return undefined;
  }
}

function typeOfTyped(typed: unknown): KeyType | undefined {
  if (typeof typed === "string") return "S";
  if (isLosslessNumber(typed)) return "N";
  if (typeof typed !== "object" || typed === null) return undefined;
  const [tag, ...others] = Object.keys(typed);
  return tag !== undefined && others.length === 0 && TYPES.has(tag) ? (tag as KeyType) : undefined;
}
