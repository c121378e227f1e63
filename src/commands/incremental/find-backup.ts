import { dirname } from "node:path";
import { dumpFiles, type ItemFile, singleFile } from "../../core/backup/backup-files.ts";
import { DdbrError } from "../../core/errors.ts";
import { hasEverHeldRecord } from "../../core/incremental/snapshot-empty.ts";
import type { ObjectStore } from "../../core/store/object-store.ts";
import type { S3StoreOptions } from "../../core/store/s3/s3-store.ts";
import { placeIn, type StoreLocation, splitFile } from "../../core/store/store-location.ts";
import { openStore } from "../store/open-store.ts";

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
  const found = (await asFile(place, open, signal)) ?? (await asDump(place, open, signal));
  if (found !== undefined) return found;
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

type Open = (location: StoreLocation) => Promise<ObjectStore>;

async function asFile(
  place: StoreLocation,
  open: Open,
  signal: AbortSignal,
): Promise<FoundBackup | undefined> {
  if (place.kind === "s3" ? place.prefix === "" : dirname(place.path) === place.path) return undefined;
  const { folder, name } = splitFile(place);
  const store = await open(folder);
  const object = await store.read(name, signal);
  if (object === undefined) {
    store.close();
    return undefined;
  }
  await letGo(object.body);
  return { kind: "files", store, files: [await singleFile(store, name, signal)], name: place.text };
}

/** Only whether it is there was asked. What a generator holds it lets go of only once it has begun. */
async function letGo(body: AsyncIterable<Uint8Array>): Promise<void> {
  const pieces = body[Symbol.asyncIterator]();
  await pieces.next();
  await pieces.return?.();
}

async function asDump(
  place: StoreLocation,
  open: Open,
  signal: AbortSignal,
): Promise<FoundBackup | undefined> {
  const store = await open(place);
  const dump = await dumpFiles(store, signal);
  if (dump !== undefined) return { kind: "files", store, files: dump.files, name: place.text };
  store.close();
  return undefined;
}
