import type { WireItem } from "../item/attribute-value.ts";
import { keyId, olderKeyIds } from "../item/key-id.ts";

/** Which of its names a record's object has. */
export interface KnownName {
  /** The record's own name. */
  own: string;
  /** 0: it is that one; else an older one, in the order in which they count. */
  rank: number;
}

/** Objects that are tried until the key counts as not to be learnt: what is named otherwise costs some milliseconds each. */
const MOST_ATTEMPTS = 50;
/** More than this in one item are not tried: every two of them may be the key. */
const MOST_ATTRIBUTES = 200;

/**
 * Finds out which attributes the records of a folder are named by. A folder does not say; but a record's name is the hash of
 * one or two of its attributes, so the first record that bears it out tells for all.
 */
export class LearntKey {
  #attributes: readonly string[] | undefined;
  #attempts = 0;

  /** The attributes, in no order that says which of two is the partition key; undefined as long as they are not known. */
  get attributes(): readonly string[] | undefined {
    return this.#attributes;
  }

  /** Undefined where the object's name does not come from the record's key, as far as that is known. */
  known(name: string, item: WireItem): KnownName | undefined {
    if (this.#attributes !== undefined) return nameAmong(name, item, this.#attributes);
    if (this.#attempts++ >= MOST_ATTEMPTS) return undefined;
    for (const attributes of possibleKeys(item)) {
      const known = nameAmong(name, item, attributes);
      if (known === undefined) continue;
      this.#attributes = attributes;
      return known;
    }
    return undefined;
  }
}

function nameAmong(name: string, item: WireItem, attributes: readonly string[]): KnownName | undefined {
  if (!attributes.every((attribute) => Object.hasOwn(item, attribute))) return undefined;
  const key = Object.fromEntries(attributes.map((attribute) => [attribute, item[attribute]!]));
  const own = keyId(key);
  if (own === name) return { own, rank: 0 };
  const older = olderKeyIds(key).indexOf(name);
  return older < 0 ? undefined : { own, rank: older + 1 };
}

/** Each attribute that can be a key, then every two of them. */
function* possibleKeys(item: WireItem): Generator<string[]> {
  const names = Object.entries(item)
    .filter(([, value]) => "S" in value || "N" in value || "B" in value)
    .map(([name]) => name);
  if (names.length > MOST_ATTRIBUTES) return;
  for (const name of names) yield [name];
  for (const [index, name] of names.entries()) {
    for (const other of names.slice(index + 1)) yield [name, other];
  }
}
