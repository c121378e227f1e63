import { basename } from "node:path";
import { dumpFiles } from "../../backup/backup-files.ts";
import type { FoundFiles, OpenStore } from "../../backup/find-files.ts";
import { DdbrError } from "../../errors.ts";
import { type StoreLocation, splitFile } from "../../store/store-location.ts";
import { DATA_FOLDER, SUMMARY_NAME } from "./export-manifests.ts";

/** Why a single file holds but a part of a backup, as far as what lies about it tells. */
export async function whyPart(
  place: StoreLocation,
  { store, files: [file] }: FoundFiles,
  open: OpenStore,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    const { files = [] } = (await dumpFiles(store, signal)) ?? {};
    if (files.length > 1 && files.some(({ key }) => key === file!.key)) {
      return `it is one of the ${files.length} files of a dump: records of the others are missing`;
    }
    return (await isOfExport(place, open, signal))
      ? "it is a file of DynamoDB's export, which may have more: records of the others are missing"
      : undefined;
  } catch (error) {
    // Another file of that name, or one that may not be read, tells nothing.
    if (error instanceof DdbrError && ["damaged", "permission"].includes(error.code)) return undefined;
    throw error;
  }
}

async function isOfExport(place: StoreLocation, open: OpenStore, signal: AbortSignal): Promise<boolean> {
  const { folder } = splitFile(place);
  if (basename(folder.kind === "s3" ? folder.prefix : folder.path) !== DATA_FOLDER) return false;
  const store = await open(splitFile(folder).folder);
  try {
    return (await store.get(SUMMARY_NAME, undefined, signal)) !== undefined;
  } finally {
    store.close();
  }
}
