import { setTimeout as sleep } from "node:timers/promises";
import type { WriteOutcome } from "../diff/source.ts";
import { DdbrError } from "../errors.ts";
import { type KeySchema, keyOf, type WireItem } from "../item/attribute-value.ts";
import { equalItems } from "../item/equal.ts";
import type { ConditionInput, Dynamo } from "./dynamo.ts";
import { isPassing } from "./failure.ts";

/**
 * DynamoDB takes at most 300 operators in a condition, of which each attribute costs two, and 4 KB of text. Records
 * with more attributes are compared on as many as fit and, by the image that the write hands back, on the rest.
 */
const MOST_CONDITIONS = 140;
const MOST_CHARACTERS = 4_000;
const AND = " AND ";

const PUT_BACK_ATTEMPTS = 20;
const PUT_BACK_PAUSE_MS = 250;

/**
 * Puts the item if the record is still `expected` (undefined: absent).
 *
 * A condition can only name attributes that are known, so it cannot see one that was added meanwhile. But the
 * write hands back the image it replaced: where that isn't `expected`, somebody else's newer image was overwritten.
 * It is put back at once (if nobody wrote again), and the race counts as lost.
 */
export function putIfUnchanged(
  dynamo: Dynamo,
  schema: KeySchema,
  item: WireItem,
  expected: WireItem | undefined,
): Promise<WriteOutcome> {
  const write = () => dynamo.put(item, unchanged(schema, expected, item));
  return guarded(dynamo, schema, write, expected, item);
}

/** Deletes the record if it is still `expected`; otherwise as {@link putIfUnchanged}. */
export function deleteIfUnchanged(
  dynamo: Dynamo,
  schema: KeySchema,
  expected: WireItem,
): Promise<WriteOutcome> {
  const write = () => dynamo.delete(keyOf(expected, schema), unchanged(schema, expected));
  return guarded(dynamo, schema, write, expected, undefined);
}

async function guarded(
  dynamo: Dynamo,
  schema: KeySchema,
  write: () => Promise<WireItem | undefined>,
  expected: WireItem | undefined,
  written: WireItem | undefined,
): Promise<WriteOutcome> {
  let replaced: WireItem | undefined;
  try {
    replaced = await write();
  } catch (error) {
    if (isConditionFailed(error)) return "race-lost";
    throw error;
  }
  if (replaced === undefined || equalItems(replaced, expected)) return "written";
  await putBack(dynamo, schema, replaced, written);
  return "race-lost";
}

/** Undoes our own write; being conditional on it, the attempt can be repeated. */
async function putBack(
  dynamo: Dynamo,
  schema: KeySchema,
  replaced: WireItem,
  written: WireItem | undefined,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await dynamo.put(replaced, unchanged(schema, written, replaced));
      return;
    } catch (error) {
      if (isConditionFailed(error)) return;
      if (!isPassing(error) || attempt === PUT_BACK_ATTEMPTS) throw error;
      await sleep(PUT_BACK_PAUSE_MS);
    }
  }
}

function isConditionFailed(error: unknown): boolean {
  return error instanceof DdbrError && error.code === "condition-failed";
}

/**
 * The condition that a record is still `expected`: each of its attributes equal, and none of those there that
 * the new image would add.
 */
export function unchanged(
  schema: KeySchema,
  expected: WireItem | undefined,
  next: WireItem = {},
): ConditionInput {
  const names: Record<string, string> = {};
  if (expected === undefined) {
    return {
      ConditionExpression: "attribute_not_exists(#k)",
      ExpressionAttributeNames: { "#k": schema[0].name },
    };
  }
  const values: WireItem = {};
  const conditions: string[] = [];
  let room = MOST_CHARACTERS;
  for (const name of attributesToCheck(schema, expected, next)) {
    const n = conditions.length;
    const isThere = Object.hasOwn(expected, name);
    const condition = isThere ? `#${n} = :${n}` : `attribute_not_exists(#${n})`;
    room -= condition.length + AND.length;
    if (room < 0) break;
    conditions.push(condition);
    names[`#${n}`] = name;
    if (isThere) values[`:${n}`] = expected[name]!;
  }
  return {
    ConditionExpression: conditions.join(AND),
    ExpressionAttributeNames: names,
    ExpressionAttributeValues: values,
  };
}

/** A key attribute first (the record must exist), then what the write would change, then the rest. */
function attributesToCheck(schema: KeySchema, expected: WireItem, next: WireItem): string[] {
  const isKey = new Set(schema.map(({ name }) => name));
  const others = [...new Set([...Object.keys(expected), ...Object.keys(next)])].filter(
    (name) => !isKey.has(name),
  );
  const changes = (name: string) => !equalItems(own(expected, name), own(next, name));
  const changed = others.filter(changes);
  const same = others.filter((name) => !changes(name));
  return [schema[0].name, ...changed, ...same].slice(0, MOST_CONDITIONS);
}

/** The item reduced to one attribute, for comparing that alone. */
function own(item: WireItem, name: string): WireItem {
  return Object.hasOwn(item, name) ? { [name]: item[name]! } : {};
}
