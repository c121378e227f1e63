import { findFiles, type OpenStore, openedFor } from "../../backup/find-files.ts";
import { DdbrError } from "../../errors.ts";
import { whyHalfFilled } from "../../incremental/being-filled.ts";
import { requireVersions } from "../../incremental/folder-at.ts";
import { isRecordName } from "../../incremental/record-object.ts";
import type { ObjectStore } from "../../store/object-store.ts";
import type { S3StoreOptions } from "../../store/s3/s3-store.ts";
import { placeIn, type StoreLocation } from "../../store/store-location.ts";
import type { RestoreSource } from "../restore-source.ts";
import { SUMMARY_NAME } from "./export-manifests.ts";
import { openExportSource } from "./export-source.ts";
import { openFilesSource } from "./files-source.ts";
import { findExport } from "./find-export.ts";
import { openFolderSource } from "./folder-source.ts";
import { whyPart } from "./why-part.ts";

export interface SourceRequest {
  /** Appended where the place holds the incremental folders of several tables; undefined: the place is the folder itself. */
  table: string | undefined;
  /** The moment whose state is wanted, milliseconds since 1970; undefined: as it is. Only a versioned folder has others. */
  at: number | undefined;
  storeOptions: S3StoreOptions;
  /** Objects of an incremental folder read at the same time. */
  reads?: number | undefined;
}

type Opener = (location: StoreLocation, options: S3StoreOptions, signal: AbortSignal) => Promise<ObjectStore>;

const READS = 64;

/**
 * Looks what is at a place, and opens it: a single file, a dump, an export of DynamoDB, or an incremental folder.
 * @param open opens a store: a bucket's or a directory's
 * @throws DdbrError `no-such-object` where there is none of these; `usage` where the moment asked for cannot be had
 */
export async function findSource(
  place: StoreLocation,
  { table, at, storeOptions, reads = READS }: SourceRequest,
  open: Opener,
  signal: AbortSignal,
): Promise<RestoreSource> {
  const openAt: OpenStore = (location) => open(location, storeOptions, signal);
  const fixed = await findFixed(place, openAt, signal);
  if (fixed !== undefined) {
    if (at === undefined) return fixed;
    fixed.close();
    throw new DdbrError("usage", "--at goes with an incremental folder, and this is none", {
      subject: place.text,
      hint: "a dump, a file or an export holds the one moment that it was made of",
    });
  }
  const store = await findFolder(place, table, openAt, signal);
  if (store === undefined) throw nothingAt(place, table);
  return await closedOnFailure(store, async () => {
    if (at !== undefined) await requireVersions(store, signal);
    const lacks = await whyHalfFilled(store.location, at, openAt, signal);
    return openFolderSource({ store, name: place.text, at, reads, lacks });
  });
}

/** What holds one moment only. */
async function findFixed(
  place: StoreLocation,
  open: OpenStore,
  signal: AbortSignal,
): Promise<RestoreSource | undefined> {
  const files = await findFiles(place, open, signal);
  if (files !== undefined) {
    return closedOnFailure(files.store, async () => {
      const lacks = files.kind === "file" ? await whyPart(place, files, open, signal) : undefined;
      return openFilesSource(files, place.text, lacks);
    });
  }
  const found = await findExport(place, open, signal);
  return found && closedOnFailure(found.store, () => openExportSource(found, place.text, signal));
}

async function closedOnFailure(
  store: ObjectStore,
  work: () => RestoreSource | Promise<RestoreSource>,
): Promise<RestoreSource> {
  try {
    return await work();
  } catch (error) {
    store.close();
    throw error;
  }
}

/** The table's folder in the place, or the place itself where that holds records. */
async function findFolder(
  place: StoreLocation,
  table: string | undefined,
  open: OpenStore,
  signal: AbortSignal,
): Promise<ObjectStore | undefined> {
  const own =
    table === undefined
      ? undefined
      : await openedFor(open, placeIn(place, table), (store) => startingWith(store, () => true, signal));
  return own ?? (await openedFor(open, place, (store) => startingWith(store, isRecordName, signal)));
}

/**
 * The store, when what it lists first are objects of such names, or were. No further: a place above others may hold millions.
 */
async function startingWith(
  store: ObjectStore,
  isOne: (name: string) => boolean,
  signal: AbortSignal,
): Promise<ObjectStore | undefined> {
  for await (const names of store.list("", signal)) {
    if (names.some(isOne)) return store;
    if (names.length > 0) break;
  }
  try {
    // A folder that holds no record any more, or did at another moment.
    for await (const versions of store.versions({ folder: "" }, signal)) {
      if (versions.some(({ key }) => isOne(key))) return store;
      if (versions.length > 0) break;
    }
  } catch (error) {
    // Who may only read what is there now cannot know.
    if (!(error instanceof DdbrError && error.code === "permission")) throw error;
  }
  return undefined;
}

function nothingAt(place: StoreLocation, table: string | undefined): DdbrError {
  const folder = table === undefined ? "" : ` or in ${placeIn(place, table).text}/`;
  return new DdbrError("no-such-object", "there is nothing to restore from", {
    subject: place.text,
    hint: `neither a file of that name, nor in it a dump's manifest.json or an export's ${SUMMARY_NAME}, nor records of an incremental folder there${folder}`,
  });
}
