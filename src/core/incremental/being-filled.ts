import { DdbrError } from "../errors.ts";
import type { ObjectStore } from "../store/object-store.ts";
import { type StoreLocation, splitFile } from "../store/store-location.ts";
import { hasCheckpoint, wasCheckpointed } from "./backfill-checkpoint.ts";

const HALF_FILLED = "a backfill of this folder has not ended: records that it has still to write are missing";
const HALF_FILLED_THEN =
  "at that moment the first backfill of this folder had not ended, as far as is known: records that it had still to write are missing";

/**
 * Why records may be missing from an incremental folder: a backfill is under way or was interrupted, now or at the moment whose
 * state is wanted; as far as can be seen.
 * @param at milliseconds since 1970; undefined: now
 * @param open opens the place that the folder lies in
 */
export async function whyHalfFilled(
  place: StoreLocation,
  at: number | undefined,
  open: (location: StoreLocation) => Promise<ObjectStore>,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (place.kind === "s3" && place.prefix === "") return undefined;
  const { folder, name } = splitFile(place);
  const store = await open(folder);
  try {
    if (at !== undefined)
      return (await wasCheckpointed(store, name, at, signal)) ? HALF_FILLED_THEN : undefined;
    return (await hasCheckpoint(store, name, signal)) ? HALF_FILLED : undefined;
  } catch (error) {
    // Who may only read the folder itself cannot know.
    if (error instanceof DdbrError && error.code === "permission") return undefined;
    throw error;
  } finally {
    store.close();
  }
}
