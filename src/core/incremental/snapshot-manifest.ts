import type { Compression } from "../backup/compression.ts";
import type { FileFigures } from "../backup/file-writer.ts";

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
}

export const manifestNameOf = (snapshot: string) => `${snapshot}.manifest.json`;
