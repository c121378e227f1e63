import { stat } from "node:fs/promises";
import { DdbrError } from "../errors.ts";
import type { ObjectStore } from "./object-store.ts";
import type { S3StoreOptions } from "./s3/s3-store.ts";
import type { StoreLocation } from "./store-location.ts";

/** Opens a bucket or a directory; only what is needed of the two is loaded. */
export async function openStore(
  location: StoreLocation,
  options: S3StoreOptions,
  signal: AbortSignal,
): Promise<ObjectStore> {
  if (location.kind === "s3") {
    const { openS3Store } = await import("./s3/s3-store.ts");
    return openS3Store(location, { ...options, signal });
  }
  const { openDirectoryStore } = await import("./directory/directory-store.ts");
  return openDirectoryStore(location, { signal });
}

/** As {@link openStore}, for reading: a directory must be there. */
export async function openExistingStore(
  location: StoreLocation,
  options: S3StoreOptions,
  signal: AbortSignal,
): Promise<ObjectStore> {
  if (location.kind === "directory") {
    const found = await stat(location.path).catch(() => undefined);
    if (!found?.isDirectory()) {
      throw new DdbrError("file", found === undefined ? "no such directory" : "is not a directory", {
        subject: location.text,
        hint: "check the path",
      });
    }
  }
  return openStore(location, options, signal);
}
