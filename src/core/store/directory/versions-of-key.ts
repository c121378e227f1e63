import { readdir, readFile } from "node:fs/promises";
import { DdbrError } from "../../errors.ts";
import type { Metadata } from "../object-store.ts";
import { isAbsence } from "./file-failure.ts";
import { lookAt } from "./files.ts";
import type { Folders } from "./folders.ts";
import { type ObjectPaths, versionsFolder } from "./layout.ts";
import { metadataFileOf, readVersionFiles, type VersionName } from "./version-name.ts";

/** Whether the object has a folder of versions; without one the plain file is all there is of it. */
export function hasVersions(folders: Folders, { folder, versions }: ObjectPaths): boolean {
  if (!folders.isFolder(versionsFolder(folder))) return false;
  const found = lookAt(versions);
  if (found === undefined) return false;
  if (found.isDirectory()) return true;
  throw new DdbrError("file", "is no directory", {
    subject: versions,
    hint: "only this program may write there: put it back as it was",
  });
}

/** Oldest first; the last one is the object as it is now. None: the plain file is. */
export async function versionNames(folders: Folders, paths: ObjectPaths): Promise<VersionName[]> {
  return hasVersions(folders, paths) ? (await versionFiles(paths)).names : [];
}

export async function versionFiles(paths: ObjectPaths): Promise<ReturnType<typeof readVersionFiles>> {
  return readVersionFiles(await readdir(paths.versions));
}

/** What is recorded with a version that is there. */
export async function metadataOf({ versions }: ObjectPaths, id: string): Promise<Metadata> {
  const path = `${versions}/${metadataFileOf(id)}`;
  if (!lookAt(path)?.isFile()) return {};
  try {
    const metadata: unknown = JSON.parse(await readFile(path, "utf8"));
    if (isMetadata(metadata)) return metadata;
  } catch (error) {
    if (isAbsence(error)) return {};
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new DdbrError("damaged", "holds no metadata", {
    subject: path,
    hint: "it is JSON text of names and values; remove the file to go on without",
  });
}

function isMetadata(value: unknown): value is Metadata {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every((member) => typeof member === "string")
  );
}
