import type { DdbrError } from "../errors.ts";
import type { StoreLocation } from "./store-location.ts";

/**
 * What is recorded with an object beside its bytes: short ASCII names (lowercase letters, digits, `-`) and values.
 * On S3 it is the object's user metadata; docs/formats.md says what this project writes.
 */
export type Metadata = Readonly<Record<string, string>>;

/** One version of an object, or the mark that it was deleted. */
export interface ObjectVersion {
  key: string;
  /** Opaque; `null` is what S3 calls a version written while versioning was off. */
  versionId: string;
  /** When it was stored, milliseconds since 1970; some servers say only the second. */
  modified: number;
  /** Bytes; 0 for a deletion. */
  size: number;
  /** The object was deleted here: there is nothing to get. */
  deleted: boolean;
  /** In an archive (S3 Glacier), unless it has been restored meanwhile: whether it can be read shows when it is. */
  archived: boolean;
  /** What is recorded with it, where the listing has come to know that (deletions on S3): then `metadata` need not be asked. */
  metadata?: Metadata | undefined;
}

export interface StoredObject {
  body: Buffer;
  metadata: Metadata;
  versionId: string;
  modified: number;
}

export interface WriteOptions {
  metadata?: Metadata | undefined;
  /** A stop ends the repeating, not an attempt under way: when the write has settled, the program has nothing of it on its way any more. */
  finishAttempt?: boolean;
}

/** An object being written piece by piece. Until `complete` has resolved, readers see what was there before. */
export interface Upload {
  /** Takes more bytes, which must not be changed afterwards; resolves when there is room for more. Fails when an earlier piece could not be stored. */
  write(chunk: Uint8Array): Promise<void>;
  /** Pieces sent and not yet acknowledged. */
  readonly partsInFlight: number;
  /** Makes the object appear, whole and durable. */
  complete(): Promise<{ versionId: string; size: number }>;
  /** Gives it up and leaves nothing behind, as far as the store can be reached; never fails. */
  abort(): Promise<void>;
}

/** Keys in the order of their UTF-8: those behind `after`, up to `until` and with it. Both are whole keys, or what keys begin with. */
export interface KeyRange {
  after?: string | undefined;
  until?: string | undefined;
}

export interface StoreObserver {
  answered(call: { operation: string; bytes: number }): void;
  retried(call: { operation: string; throttled: boolean }, error?: DdbrError): void;
}

/**
 * Objects under keys like `orders/4/manifest.json`, relative to where the store was opened. A key is
 * one or more names joined by `/`; no name is empty, `.`, `..` or holds control characters (a key that breaks this is
 * refused with a DdbrError before anything is done).
 *
 * What every implementation promises, and the contract suite checks:
 * - A write or delete that has resolved is durable and seen by every later read, list and versions of any process.
 * - A reader sees an object as it was before a write or as it is after it, never a part of it.
 * - Where the store keeps versions, no write or delete ever takes one away, also when several processes write the same key.
 *   Versions of a key are listed newest first, in the order they took effect, also within one second.
 * - Requests that fail in passing are repeated, for the store's patience; other failures are DdbrErrors:
 *   `no-such-bucket`, `permission`, `credentials`, `connection`, `throttled`, `service`, `file`.
 *   A stop (`signal`) rejects with its reason; a write under way then may or may not have taken effect.
 */
export interface ObjectStore {
  readonly location: StoreLocation;

  /** Tells the observer of every request from now on. */
  observe(observer: StoreObserver): void;

  /** Whether earlier versions are kept. */
  keepsVersions(signal?: AbortSignal): Promise<boolean>;

  /** Writes an object of at most some megabytes, whole. */
  put(
    key: string,
    body: string | Uint8Array,
    options?: WriteOptions,
    signal?: AbortSignal,
  ): Promise<{ versionId: string }>;

  /** Starts writing a large object; first clears away what earlier, killed uploads of this very key have left. */
  upload(key: string, options?: WriteOptions, signal?: AbortSignal): Promise<Upload>;

  /** The object, or that version of it; undefined when there is none, or when it is a deletion. */
  get(key: string, versionId?: string, signal?: AbortSignal): Promise<StoredObject | undefined>;

  /** What is recorded with a version, without its bytes; also of a deletion, where `delete` was given metadata. */
  metadata(key: string, versionId: string, signal?: AbortSignal): Promise<Metadata | undefined>;

  /** The object's bytes in pieces, for large ones; undefined when there is none. Ends with an error when cut short. */
  read(
    key: string,
    signal?: AbortSignal,
  ): Promise<{ size: number; body: AsyncIterable<Uint8Array> } | undefined>;

  /** Deletes the object; where versions are kept, by a mark that holds the metadata. Of an absent object too. */
  delete(
    key: string,
    options?: WriteOptions,
    signal?: AbortSignal,
  ): Promise<{ versionId: string | undefined }>;

  /**
   * Keys of the objects there are under `folder/`, at any depth (`""`: all), in pages and in no order. What changes meanwhile may
   * or may not be in it; all else is, exactly once. A large folder is listed by several requests at once.
   * @param range only these keys, and in ascending order
   */
  list(folder: string, signal?: AbortSignal, range?: KeyRange): AsyncIterable<string[]>;

  /**
   * Every version and deletion under `folder/` or, with `key`, of that one object. All of one key come together in one page,
   * newest first; keys in no order, but in ascending order with a `range`. Where versions aren't kept: the object there is.
   */
  versions(
    of: { folder: string; range?: KeyRange | undefined } | { key: string },
    signal?: AbortSignal,
  ): AsyncIterable<ObjectVersion[]>;

  close(): void;
}
