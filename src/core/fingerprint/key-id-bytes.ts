import type { KeyAttribute, WireItem } from "../item/attribute-value.ts";
import { plainNumber } from "../item/number.ts";
import { ByteBuffer } from "./byte-buffer.ts";
import { sha256Into } from "./sha256.ts";

const PLAIN_INTEGER = /^(?:0|-?[1-9]\d{0,37})$/;
/** What stands behind a key attribute's text. */
const AFTER = new TextEncoder().encode('"}');
/** Texts that JSON writes as they are. */
const PLAIN_TEXT = /^[ !#-[\]-~]*$/;

interface Part {
  name: string;
  type: string;
  /** What stands before the key attribute's text. */
  before: Uint8Array;
}

/**
 * The 32 bytes that `keyId` (src/core/item/key-id.ts) gives in hex, for every item of a table. A number is spelled as DynamoDB
 * spells it, so that the same record has the same id wherever it comes from.
 */
export class KeyIdBytes {
  readonly #buffer = new ByteBuffer();
  readonly #id = new Uint8Array(32);
  readonly #parts: readonly Part[];

  constructor(key: readonly KeyAttribute[]) {
    const sorted = key.toSorted((a, b) => (a.name < b.name ? -1 : 1));
    this.#parts = sorted.map(({ name, type }, index) => ({
      name,
      type,
      before: new TextEncoder().encode(`${index === 0 ? "{" : ","}${JSON.stringify(name)}:{"${type}":"`),
    }));
  }

  /** Good until the next call; undefined where the item has not got the key. */
  of(item: WireItem): Uint8Array | undefined {
    const buffer = this.#buffer;
    let at = 0;
    for (const { name, type, before } of this.#parts) {
      const value = Object.hasOwn(item, name) ? (item[name] as Record<string, unknown>) : undefined;
      const text = value?.[type];
      if (typeof text !== "string") return undefined;
      const stored = type === "N" && !PLAIN_INTEGER.test(text) ? plainNumber(text) : text;
      at = buffer.text(
        PLAIN_TEXT.test(stored) ? stored : JSON.stringify(stored).slice(1, -1),
        buffer.copy(before, at),
      );
      at = buffer.copy(AFTER, at);
    }
    at = buffer.text("}", at);
    sha256Into(buffer.bytes.subarray(0, at), this.#id);
    return this.#id;
  }
}
