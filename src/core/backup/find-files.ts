import { dirname } from "node:path";
import type { SnapshotManifest } from "../incremental/snapshot-manifest.ts";
import type { ObjectStore } from "../store/object-store.ts";
import { type StoreLocation, splitFile } from "../store/store-location.ts";
import { dumpFiles, type ItemFile, singleFile } from "./backup-files.ts";
import type { BackupManifest } from "./manifest.ts";

export type OpenStore = (location: StoreLocation) => Promise<ObjectStore>;

/** Files of items that are at a place, their store opened, and what was written beside them. */
export type FoundFiles = { store: ObjectStore; files: ItemFile[] } & (
  | { kind: "dump"; manifest: BackupManifest }
  /** Snapshots may have a manifest. */
  | { kind: "file"; manifest: Partial<SnapshotManifest> | undefined }
);

/** Looks whether a place is a file, or a complete dump. */
export async function findFiles(
  place: StoreLocation,
  open: OpenStore,
  signal: AbortSignal,
): Promise<FoundFiles | undefined> {
  return (await asFile(place, open, signal)) ?? (await asDump(place, open, signal));
}

async function asFile(
  place: StoreLocation,
  open: OpenStore,
  signal: AbortSignal,
): Promise<FoundFiles | undefined> {
  if (place.kind === "s3" ? place.prefix === "" : dirname(place.path) === place.path) return undefined;
  const { folder, name } = splitFile(place);
  return await openedFor(open, folder, async (store) => {
    const object = await store.read(name, signal);
    if (object === undefined) return undefined;
    await letGo(object.body);
    const { file, manifest } = await singleFile(store, name, signal);
    return { kind: "file", store, files: [file], manifest };
  });
}

async function asDump(
  place: StoreLocation,
  open: OpenStore,
  signal: AbortSignal,
): Promise<FoundFiles | undefined> {
  return await openedFor(open, place, async (store) => {
    const dump = await dumpFiles(store, signal);
    return dump && { kind: "dump", store, ...dump };
  });
}

/** Opens a store, which stays open where something was found in it. */
export async function openedFor<Found>(
  open: OpenStore,
  location: StoreLocation,
  find: (store: ObjectStore) => Promise<Found | undefined>,
): Promise<Found | undefined> {
  const store = await open(location);
  let found: Found | undefined;
  try {
    found = await find(store);
    return found;
  } finally {
    if (found === undefined) store.close();
  }
}

/** Only whether it is there was asked. What a generator holds it lets go of only once it has begun. */
async function letGo(body: AsyncIterable<Uint8Array>): Promise<void> {
  const pieces = body[Symbol.asyncIterator]();
  await pieces.next();
  await pieces.return?.();
}
