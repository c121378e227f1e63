import type { S3StoreOptions } from "../store/s3/s3-options.ts";
import type { StoreLocation } from "../store/store-location.ts";

/**
 * Where workers on many machines share the state of a job. All that they need of it is that of those who create one object only
 * one succeeds. Keys are as in an object store (store/object-store.ts); what has been written is durable, and seen by
 * everybody from then on. Failures are DdbrErrors, as of an object store.
 */
export interface StatePlace {
  readonly location: StoreLocation;

  /**
   * Creates an object, whole; false when there is one already. The bytes must be nobody else's, for instance by a random
   * token in them: who finds its own there has created it, though the answer was lost.
   */
  putNew(key: string, body: Uint8Array, signal?: AbortSignal): Promise<boolean>;

  /** Writes an object whose name only this worker uses. */
  put(key: string, body: Uint8Array, signal?: AbortSignal): Promise<void>;

  /** Undefined when there is none. */
  get(key: string, signal?: AbortSignal): Promise<Buffer | undefined>;

  /** Deletes the object, or nothing. */
  delete(key: string, signal?: AbortSignal): Promise<void>;

  /**
   * Keys under `folder/`, at any depth (`""`: all), in pages and in no order. What changes meanwhile may or may not be in it; all
   * else is, exactly once.
   */
  list(folder: string, signal?: AbortSignal): AsyncIterable<string[]>;

  close(): void;
}

/** Opens a place; only what is needed of the two kinds is loaded. @throws DdbrError as the object stores do when they are opened */
export async function openStatePlace(
  location: StoreLocation,
  options: S3StoreOptions = {},
): Promise<StatePlace> {
  if (location.kind === "s3") {
    const { openS3Place } = await import("./s3-place.ts");
    return openS3Place(location, options);
  }
  const { openDirectoryPlace } = await import("./directory-place.ts");
  return openDirectoryPlace(location);
}
