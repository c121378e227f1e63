import type { KeySchema, WireItem, WireKey } from "../item/attribute-value.ts";
import type { StoreObserver } from "../store/object-store.ts";
import type { WholeDescription } from "../table/table.ts";

/** What a record is to be: an item, or nothing (only a source of changes says that). */
export type SourceRecord = { item: WireItem; deleted?: undefined } | { deleted: WireKey; item?: undefined };

/** What a source tells of itself while it is read. */
export interface SourceListener {
  /** An object in a folder that is no record's: passed over. */
  foreign(object: string, reason: string): void;
}

/** How far a part has been read, as plain JSON: so many records of a file, or up to an object of that name. */
export type PartPosition = { file: number; records: number } | { object: string };

/** Which part of a source is read, and how. */
export interface PartReading extends SourceListener {
  /** The first is 0. */
  part: number;
  parts: number;
  /** Where an earlier reading has come to; undefined: from the beginning. */
  from: PartPosition | undefined;
  /** The key by which records are told apart. */
  schema: KeySchema;
  /** Throws for a record that cannot be used: before any record of its file is given out. */
  check(record: SourceRecord): void;
  signal: AbortSignal;
}

/** Some records of a part, at most as many as BatchGetItem takes; none where only the position has moved. */
export interface PartPage {
  records: SourceRecord[];
  /** Behind them. */
  reached: PartPosition;
}

/**
 * A source in parts that can each be read by itself, from any position on: together they hold each record that the source holds, each
 * object that is no record's is told of in one of them.
 */
export interface SourceParts {
  /** More would be empty; undefined: it can be cut as finely as one likes. */
  readonly most: number | undefined;
  /** Fails where a part without records would tell nothing, because it is no source at all. */
  require(signal: AbortSignal): Promise<void>;
  /** The records of a file come when all of it has been checked, as {@link RestoreSource.records} does. */
  read(reading: PartReading): AsyncGenerator<PartPage>;
}

/** Where records are restored from. Says what each record is to be, and may be read more than once. */
export interface RestoreSource {
  /**
   * - `dump`: files with a manifest, of this program · `file`: a snapshot, or any single file of items
   * - `folder`: an incremental folder, now or at a moment · `export`: DynamoDB's own full export
   * - `changes`: DynamoDB's incremental export, which says what has changed since another
   */
  readonly kind: "dump" | "file" | "folder" | "export" | "changes";
  /** As the user typed it. */
  readonly name: string;
  /** The moment whose state it holds, milliseconds since 1970, as far as it is known: how old the backup is. */
  readonly asOf: number | undefined;
  /** Records and bytes of them that are expected; 0 where unknown. */
  readonly items: number;
  readonly bytes: number;
  /** Of the table it was made of, where it says so. */
  readonly schema: KeySchema | undefined;
  /** What is needed to make such a table again, where it is kept. */
  readonly description: WholeDescription | undefined;

  /** Why records of the table may be missing from it, where that is known: then nothing may be deleted for not being in it. */
  readonly lacks?: string | undefined;

  /** Tells the observer of every request to the store from now on. */
  observe(observer: StoreObserver): void;

  /**
   * Every record, in pages and in no order; of one that comes several times the last counts. By its end every checksum
   * and count that the source's manifests give has been checked.
   * @throws DdbrError `damaged`, `no-such-object` and what a store fails with
   */
  records(signal: AbortSignal, listener: SourceListener): AsyncIterable<SourceRecord[]>;

  /**
   * What some records are to be, without reading everything; absent where there is no way to that.
   * Those that the source has not got are left out.
   */
  find?(keys: readonly WireKey[], schema: KeySchema, signal: AbortSignal): Promise<WireItem[]>;

  /** How many workers share it; absent where they cannot. */
  readonly parts?: SourceParts | undefined;

  close(): void;
}
