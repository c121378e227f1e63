import { findFiles } from "../../core/backup/find-files.ts";
import { DdbrError } from "../../core/errors.ts";
import { filesSource } from "../../core/fingerprint/files-source.ts";
import { folderSource } from "../../core/fingerprint/folder-source.ts";
import type { ItemSource } from "../../core/fingerprint/item-source.ts";
import { tableSource } from "../../core/fingerprint/table-source.ts";
import { whyHalfFilled } from "../../core/incremental/being-filled.ts";
import { requireVersions } from "../../core/incremental/folder-at.ts";
import type { KeyAttribute } from "../../core/item/attribute-value.ts";
import type { TableLocation } from "../../core/location.ts";
import { segmentsForSize } from "../../core/segments.ts";
import { openExistingStore, openStore } from "../../core/store/open-store.ts";
import type { StoreLocation } from "../../core/store/store-location.ts";
import { openTable } from "../../core/table/table.ts";
import type { SourceOptions, SourcePlace } from "./source-request.ts";

/** Opens what items are read from. @param key as it was told, where it was */
export async function openSource(
  place: SourcePlace,
  options: SourceOptions,
  key: readonly KeyAttribute[] | undefined,
  signal: AbortSignal,
): Promise<ItemSource> {
  if (place.store !== undefined) return await openPlace(place.store, options, key, signal);
  refuseMoment(options, place.table.text);
  if (key !== undefined) {
    throw new DdbrError("usage", "--like and --key-schema are for backups, and this is a table", {
      subject: place.table.text,
      hint: "leave them away: a table says what its key is",
    });
  }
  return await openScan(place.table, options, signal);
}

async function openScan(
  location: TableLocation,
  { tableOptions, segments, concurrency }: SourceOptions,
  signal: AbortSignal,
): Promise<ItemSource> {
  const table = await openTable(location, { ...tableOptions, signal });
  return tableSource({
    table,
    segments: segments ?? segmentsForSize(table.description.bytes),
    concurrency,
    consistent: tableOptions.consistent ?? false,
  });
}

async function openPlace(
  place: StoreLocation,
  options: SourceOptions,
  key: readonly KeyAttribute[] | undefined,
  signal: AbortSignal,
): Promise<ItemSource> {
  const { storeOptions, at, reads } = options;
  const open = (location: StoreLocation) => openStore(location, storeOptions, signal);
  const files = await findFiles(place, open, signal);
  if (files !== undefined) {
    try {
      refuseMoment(options, place.text);
      return filesSource(files, place.text, key);
    } catch (error) {
      files.store.close();
      throw error;
    }
  }
  const store = await openExistingStore(place, storeOptions, signal);
  if (at !== undefined) await requireVersions(store, signal);
  const lacks = await whyHalfFilled(place, at, open, signal);
  return folderSource({ store, name: place.text, at, reads, key, lacks });
}

function refuseMoment({ at }: SourceOptions, subject: string): void {
  if (at === undefined) return;
  throw new DdbrError("usage", "--at goes with an incremental folder, and this is none", {
    subject,
    hint: "a dump or a file holds the one moment that it was made of, a table the present",
  });
}
