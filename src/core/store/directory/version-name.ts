import { randomBytes } from "node:crypto";

/**
 * A version's id, `<number>-<milliseconds>-<random>`: 8 digits, 13 digits, hex. Ids of one key sort in the order in which
 * the versions took effect. A version's file has its id for a name, a deletion's `<id>.deleted`, metadata `<id>.json`.
 */
export interface VersionName {
  id: string;
  deleted: boolean;
}

const ID = /^\d{8}-\d{13}-[0-9a-f]{4,8}$/;
const DELETED = ".deleted";
const METADATA = ".json";
/** What an object has in place of a random number that was written before it had versions. */
const ORIGINAL = "0000";

export function isVersionId(text: string): boolean {
  return ID.test(text);
}

/** The id of an object that is a plain file only: it stays when the file is kept as a version. */
export function originalId(modifiedMs: number): string {
  return `00000001-${digits(Math.max(0, Math.floor(modifiedMs)), 13)}-${ORIGINAL}`;
}

/** An id after all of these, which are in order. */
export function nextId(names: readonly VersionName[]): string {
  const number = names.length === 0 ? 1 : Number(names.at(-1)!.id.slice(0, 8)) + 1;
  return `${digits(number, 8)}-${digits(Date.now(), 13)}-${randomBytes(4).toString("hex")}`;
}

export function isOriginal(id: string): boolean {
  return id.endsWith(`-${ORIGINAL}`);
}

export function modifiedOf(id: string): number {
  return Number(id.slice(9, 22));
}

export function fileOf({ id, deleted }: VersionName): string {
  return deleted ? id + DELETED : id;
}

export function metadataFileOf(id: string): string {
  return id + METADATA;
}

/** The versions, oldest first, and the ids that have metadata, among the file names of a folder of versions. */
export function readVersionFiles(files: readonly string[]): { names: VersionName[]; described: string[] } {
  const names: VersionName[] = [];
  const described: string[] = [];
  for (const file of files) {
    const deleted = file.endsWith(DELETED);
    const id = deleted ? file.slice(0, -DELETED.length) : file;
    if (ID.test(id)) names.push({ id, deleted });
    else if (file.endsWith(METADATA)) described.push(file.slice(0, -METADATA.length));
  }
  names.sort((one, other) => (one.id < other.id ? -1 : 1));
  return { names, described };
}

function digits(number: number, count: number): string {
  return String(number).padStart(count, "0");
}
