import type { Compression } from "../backup/compression.ts";
import type { FileFigures } from "../backup/file-writer.ts";
import { DdbrError } from "../errors.ts";
import type { FingerprintJson } from "../fingerprint/fingerprint-json.ts";
import type { ObjectStore } from "../store/object-store.ts";

/** Stands beside a snapshot, written after it (docs/formats.md). */
export interface SnapshotManifest extends FileFigures {
  format: "ddbr-snapshot";
  version: 1;
  /** The folder, as it was named. */
  source: string;
  /** The moment whose state it holds; absent: as the folder was while it was read. ISO 8601, UTC. */
  at?: string;
  startedAt: string;
  finishedAt: string;
  /** The snapshot's name; the manifest's is this with `.manifest.json`. */
  name: string;
  compression: Compression;
  items: number;
  /** Objects passed over because they are no records. */
  foreign: number;
  /** Objects under older names left out, because the record has another one that counts. */
  duplicates: number;
  /** Absent in those of earlier versions, and where the folder does not say what the key is. */
  fingerprint?: FingerprintJson;
}

export const manifestNameOf = (snapshot: string) => `${snapshot}.manifest.json`;

export async function hasManifest(
  store: ObjectStore,
  snapshot: string,
  signal: AbortSignal,
): Promise<boolean> {
  const found = await unlessForbidden(store.get(manifestNameOf(snapshot), undefined, signal));
  return found !== undefined;
}

/** Of the snapshot before: a new one must never stand beside it, also when the program ends before it has written the new manifest. */
export async function removeManifest(
  store: ObjectStore,
  snapshot: string,
  signal: AbortSignal,
): Promise<void> {
  if (await hasManifest(store, snapshot, signal)) {
    await unlessForbidden(store.delete(manifestNameOf(snapshot), {}, signal));
  }
}

/** Who may only write cannot know what is there; the manifest is then replaced a moment after its snapshot. */
async function unlessForbidden<Result>(request: Promise<Result>): Promise<Result | undefined> {
  try {
    return await request;
  } catch (error) {
    if (error instanceof DdbrError && error.code === "permission") return undefined;
    throw error;
  }
}
