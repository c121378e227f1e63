import type { ItemFile } from "../../core/backup/backup-files.ts";
import { findFiles } from "../../core/backup/find-files.ts";
import { DdbrError } from "../../core/errors.ts";
import { hasEverHeldRecord } from "../../core/incremental/ever-held.ts";
import type { ObjectStore } from "../../core/store/object-store.ts";
import { openStore } from "../../core/store/open-store.ts";
import type { S3StoreOptions } from "../../core/store/s3/s3-store.ts";
import { placeIn, type StoreLocation } from "../../core/store/store-location.ts";

/** What a table can be compared with, its store opened. */
export type FoundBackup =
  | { kind: "folder"; store: ObjectStore }
  | { kind: "files"; store: ObjectStore; files: ItemFile[]; name: string };

/** Looks what is at a place: a dump, a file, or the folder that a table's incremental folder is in. */
export async function findBackup(
  place: StoreLocation,
  table: string,
  options: S3StoreOptions,
  signal: AbortSignal,
): Promise<FoundBackup> {
  const open = (location: StoreLocation) => openStore(location, options, signal);
  const found = await findFiles(place, open, signal);
  if (found !== undefined) return { kind: "files", store: found.store, files: found.files, name: place.text };
  const folder = placeIn(place, table);
  const store = await open(folder);
  for await (const page of store.list("", signal)) if (page.length > 0) return { kind: "folder", store };
  // A table without records has an empty folder, whose deletions tell it from a name that was mistyped.
  if (await hasEverHeldRecord(store, signal)) return { kind: "folder", store };
  store.close();
  throw new DdbrError("no-such-object", "there is no backup", {
    subject: place.text,
    hint: `neither a file of that name, nor a manifest.json in it, nor objects in ${folder.text}/ (the table's name is appended)`,
  });
}
