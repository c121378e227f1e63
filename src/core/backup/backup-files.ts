import { DdbrError } from "../errors.ts";
import { manifestNameOf, type SnapshotManifest } from "../incremental/snapshot-manifest.ts";
import type { WireItem } from "../item/attribute-value.ts";
import { getJson } from "../store/json-object.ts";
import type { ObjectStore } from "../store/object-store.ts";
import { readChecked } from "./checked-file.ts";
import { MANIFEST_NAME } from "./file-name.ts";
import type { BackupFile, BackupManifest } from "./manifest.ts";
import { ITEM_LINES } from "./read-items.ts";

/** One file of items, and what its manifest says of it, if there is one. */
export interface ItemFile {
  key: string;
  items?: number;
  sha256?: string;
}

/** The files of a dump, by its manifest; undefined where the store was not opened at a complete dump. */
export async function dumpFiles(
  store: ObjectStore,
  signal: AbortSignal,
): Promise<{ manifest: BackupManifest; files: ItemFile[] } | undefined> {
  const manifest = await getJson(store, MANIFEST_NAME, signal);
  if (manifest === undefined) return undefined;
  if (!isManifest(manifest)) {
    throw new DdbrError("damaged", "is no manifest of a backup that can be read here", {
      subject: `${store.location.text}/${MANIFEST_NAME}`,
      hint: "it may be of a later version of ddbr",
    });
  }
  return {
    manifest,
    files: manifest.files.map(({ name, items, sha256 }) => ({ key: name, items, sha256 })),
  };
}

/** As far as it is used here. */
function isManifest(value: unknown): value is BackupManifest {
  const { format, version, files, segments } = (value ?? {}) as Partial<BackupManifest>;
  return (
    format === "ddbr-backup" &&
    version === 1 &&
    Array.isArray(files) &&
    files.every((file: Partial<BackupFile> | null) => {
      const { name, items, sha256 } = file ?? {};
      return typeof name === "string" && typeof items === "number" && typeof sha256 === "string";
    }) &&
    new Set(files.map(({ name }) => name)).size === files.length &&
    holdEachSegment(files, segments)
  );
}

/** A segment may have several files, and has one when it is empty. */
function holdEachSegment(files: readonly BackupFile[], segments: unknown): boolean {
  const held = new Set(files.map(({ segment }) => segment));
  return held.size === segments && [...held].every((segment) => isBelow(segments, segment));
}

function isBelow(limit: number, segment: unknown): boolean {
  return Number.isSafeInteger(segment) && Number(segment) >= 0 && Number(segment) < limit;
}

/** A single file, with what a snapshot's manifest beside it says. */
export async function singleFile(
  store: ObjectStore,
  name: string,
  signal: AbortSignal,
): Promise<{ manifest: Partial<SnapshotManifest> | undefined; file: ItemFile }> {
  const manifest = (await getJson(store, manifestNameOf(name), signal)) as
    | Partial<SnapshotManifest>
    | undefined;
  if (manifest?.format !== "ddbr-snapshot" || manifest.items === undefined || manifest.sha256 === undefined) {
    return { manifest: undefined, file: { key: name } };
  }
  return { manifest, file: { key: name, items: manifest.items, sha256: manifest.sha256 } };
}

/**
 * The items of a file, in pages; at its end it is checked against its manifest.
 * @throws DdbrError `damaged` when it is not what the manifest says, or cannot be read as items
 */
export function readFile(
  store: ObjectStore,
  { key, items, sha256 }: ItemFile,
  signal: AbortSignal,
): AsyncGenerator<WireItem[]> {
  const checksum = sha256 === undefined ? undefined : ({ algorithm: "sha256", digest: sha256 } as const);
  return readChecked(store, { key, lines: items, checksum }, ITEM_LINES, signal);
}
