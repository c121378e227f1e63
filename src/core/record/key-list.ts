import { tmpdir } from "node:os";
import { DdbrError } from "../errors.ts";
import type { KeySchema, WireKey } from "../item/attribute-value.ts";
import { keyFromString, keyString } from "../item/key-string.ts";
import { SpoolFile } from "../spool-file.ts";

const BLOCK_KEYS = 1_000;

/**
 * Keys in the order they were added: a block of them in memory, the others in a nameless temporary file, so that all can be looked through
 * for mistakes before the first is used.
 */
export class KeyList {
  readonly #schema: KeySchema;
  #file: SpoolFile | undefined;
  readonly #blocks: { offset: number; length: number }[] = [];
  #last: string[] = [];
  #count = 0;

  constructor(schema: KeySchema) {
    this.#schema = schema;
  }

  get count(): number {
    return this.#count;
  }

  /** @throws DdbrError `file` when there is no room for more */
  add(key: WireKey): void {
    this.#last.push(keyString(key, this.#schema));
    this.#count++;
    if (this.#last.length === BLOCK_KEYS) this.#spool();
  }

  /** All of them, some at a time; none twice in one batch. */
  *batches(size: number): Generator<WireKey[]> {
    let batch = new Set<string>();
    for (const key of this.#keys()) {
      batch.add(key);
      if (batch.size < size) continue;
      yield this.#wireKeys(batch);
      batch = new Set();
    }
    if (batch.size > 0) yield this.#wireKeys(batch);
  }

  close(): void {
    this.#file?.close();
  }

  *#keys(): Generator<string> {
    for (const { offset, length } of this.#blocks) {
      yield* JSON.parse(this.#file!.read(offset, length).toString()) as string[];
    }
    yield* this.#last;
  }

  #wireKeys(keys: Iterable<string>): WireKey[] {
    return [...keys].map((key) => keyFromString(key, this.#schema));
  }

  #spool(): void {
    try {
      this.#file ??= new SpoolFile();
      if (this.#file.size > this.#file.capacity) throw new Error("the disk is nearly full");
      const offset = this.#file.append(JSON.stringify(this.#last));
      this.#blocks.push({ offset, length: this.#file.size - offset });
    } catch (error) {
      throw new DdbrError("file", `no room for the keys: ${(error as Error).message}`, {
        subject: tmpdir(),
        hint: "make room there, or name another directory in TMPDIR",
        cause: error,
      });
    }
    this.#last = [];
  }
}
