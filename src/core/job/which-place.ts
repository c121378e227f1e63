import type { StoreLocation } from "../store/store-location.ts";

/** A place for backups, the same for all who mean it, however it was typed; JSON. */
export function whichPlace(place: StoreLocation): object {
  return place.kind === "s3" ? { bucket: place.bucket, prefix: place.prefix } : { path: place.path };
}
