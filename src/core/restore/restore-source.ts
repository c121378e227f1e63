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

  close(): void;
}
