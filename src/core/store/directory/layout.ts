import { join } from "node:path";
import { DdbrError } from "../../errors.ts";
import { checkKey } from "../store-location.ts";

/** Holds, in each folder, whatever isn't the plain files of its objects. No name in a key may be this one. */
export const OWN_FOLDER = ".ddbr";

/** Where an object's files are; all paths are absolute. */
export interface ObjectPaths {
  key: string;
  /** The folder that the object lies in. */
  folder: string;
  /** The object itself, as anybody can read it. */
  plain: string;
  /** Its versions, once it has had more than one. */
  versions: string;
}

/** @throws DdbrError `location` for a key, or a folder, that no object can have */
export function checkDirectoryKey(key: string): void {
  checkKey(key);
  if (key.split("/").includes(OWN_FOLDER)) {
    throw new DdbrError("location", `has the name "${OWN_FOLDER}", which is kept for versions`, {
      subject: `key ${JSON.stringify(key)}`,
    });
  }
}

export function objectPaths(root: string, key: string): ObjectPaths {
  const cut = key.lastIndexOf("/");
  return pathsIn(cut < 0 ? root : join(root, key.slice(0, cut)), key.slice(cut + 1), key);
}

export function pathsIn(folder: string, name: string, key: string): ObjectPaths {
  return { key, folder, plain: `${folder}/${name}`, versions: `${versionsFolder(folder)}/${name}` };
}

export function versionsFolder(folder: string): string {
  return `${folder}/${OWN_FOLDER}/versions`;
}

export function temporaryFolder(folder: string): string {
  return `${folder}/${OWN_FOLDER}/tmp`;
}
