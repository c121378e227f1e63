import type { KeySchema, WireItem } from "../item/attribute-value.ts";
import { type Digest, digestOf } from "../item/digest.ts";
import { keyString } from "../item/key-string.ts";
import { repeatedIn } from "../restore/refuse-source.ts";
import type { RestoreSource } from "../restore/restore-source.ts";

/** DynamoDB exports what has the same partition key one after the other. */
const REMEMBERED = 10_000;

/**
 * Finds an export out that is of a table with another key, as far as that shows in records which are near to each other: they would
 * overwrite one another. Other sources say what their key is, or may have met a record twice.
 */
export class RepeatedRecords {
  readonly #source: RestoreSource;
  readonly #schema: KeySchema;
  readonly #recent = new Map<string, Digest>();

  constructor(source: RestoreSource, schema: KeySchema) {
    this.#source = source;
    this.#schema = schema;
  }

  /** @throws DdbrError `schema` */
  check(item: WireItem): void {
    if (this.#source.kind !== "export") return;
    const key = keyString(item, this.#schema);
    const digest = digestOf(item);
    const earlier = this.#recent.get(key);
    if (earlier !== undefined && earlier !== digest) throw repeatedIn(this.#source, this.#schema, key);
    this.#recent.set(key, digest);
    if (this.#recent.size <= REMEMBERED) return;
    const [oldest] = this.#recent.keys();
    this.#recent.delete(oldest!);
  }
}
