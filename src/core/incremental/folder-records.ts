import { gathered } from "../gathered.ts";
import type { WireItem } from "../item/attribute-value.ts";
import type { PauseGate } from "../pause-gate.ts";
import type { ObjectStore, ObjectVersion } from "../store/object-store.ts";
import { type HeldObject, LOST, versionAt, versionsByObject } from "./folder-at.ts";
import { OlderObjects } from "./older-objects.ts";
import { isRecordName, readRecordBody } from "./record-object.ts";

export interface FolderReading {
  /** Opened at the incremental folder itself. */
  store: ObjectStore;
  /** The moment whose state is wanted, milliseconds since 1970; undefined: now. */
  at: number | undefined;
  /** Objects read at the same time. */
  reads: number;
  signal: AbortSignal;
  gate?: PauseGate;
  /** Objects of other names are not read. */
  wanted?: (name: string) => boolean;
  /** Told of every object that is no record's: passed over. */
  foreign(object: string, reason: string): void;
  /** Told of every record read, also of those that then don't count. */
  read?(): void;
}

/** A record as it was found, with its object's bytes. */
export interface FolderRecord {
  item: WireItem;
  body: Buffer;
}

/** What an incremental folder holds, or held at a moment: each record once, by the object that counts. */
export class FolderRecords {
  /** Requests for objects under way. */
  underWay = 0;
  /** Objects passed over so far. */
  foreign = 0;
  /** Records that were deleted by the moment, or while they were read. */
  gone = 0;
  readonly #older = new OlderObjects();
  readonly #reading: FolderReading;

  constructor(reading: FolderReading) {
    this.#reading = reading;
  }

  /** Objects under older names left out because the record has another one; known when all is read. */
  get duplicates(): number {
    return this.#older.duplicates;
  }

  /** The attributes that the records are named by, as far as that is known by now; in no order. */
  get key(): readonly string[] | undefined {
    return this.#older.key;
  }

  /** All records, in pages and in no order; to be called once. */
  async *pages(): AsyncGenerator<FolderRecord[]> {
    const { store, at, reads, signal } = this.#reading;
    try {
      yield* at === undefined
        ? gathered(keysNow(store, signal), reads, (key) => this.#readFirst({ key, versionId: undefined }))
        : gathered(versionsByObject(store, signal), reads, (versions) => this.#readAt(versions, at));
      yield* gathered(this.#older.remaining(), reads, (same) => this.#readCounting(same));
    } finally {
      this.#older.close();
    }
  }

  async #readAt(versions: ObjectVersion[], at: number): Promise<FolderRecord | undefined> {
    const { store, gate, signal } = this.#reading;
    await gate?.passed(signal);
    const version = await versionAt(store, versions, at, signal);
    if (version === undefined) return undefined;
    if (version === "lost") return this.#passOver(versions[0]!.key, LOST);
    if (!version.deleted) return this.#readFirst(version);
    if (isRecordName(version.key)) this.gone++;
    return undefined;
  }

  /** Undefined also where the record has to wait until it is known whether it has another object. */
  async #readFirst({ key, versionId }: HeldObject): Promise<FolderRecord | undefined> {
    const record = await this.#open({ key, versionId });
    if (record === undefined) return undefined;
    this.#reading.read?.();
    return this.#older.putAside({ key, versionId }, record.item) ? undefined : record;
  }

  /** Of a record's objects only the one that counts, or the next that is still there. */
  async #readCounting(same: HeldObject[]): Promise<FolderRecord | undefined> {
    for (const [index, object] of same.entries()) {
      const record = await this.#open(object);
      if (record === undefined) continue;
      this.#older.duplicates += same.length - index - 1;
      return record;
    }
    return undefined;
  }

  /** Undefined when it is gone, or is no record, which is told. */
  async #open({ key, versionId }: HeldObject): Promise<FolderRecord | undefined> {
    const { store, wanted, gate, signal } = this.#reading;
    if (wanted?.(key) === false) return undefined;
    await gate?.passed(signal);
    if (!isRecordName(key)) return this.#passOver(key, "its name is no record's");
    this.underWay++;
    const stored = await store.get(key, versionId, signal).finally(() => this.underWay--);
    if (stored === undefined) {
      this.gone++;
      return undefined;
    }
    const item = readRecordBody(stored.body);
    return typeof item === "string" ? this.#passOver(key, item) : { item, body: stored.body };
  }

  #passOver(object: string, reason: string): undefined {
    this.foreign++;
    this.#reading.foreign(object, reason);
  }
}

async function* keysNow(store: ObjectStore, signal: AbortSignal): AsyncGenerator<string> {
  for await (const page of store.list("", signal)) yield* page;
}
