import { existsSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { DdbrError } from "../errors.ts";

/** Where backups are: a bucket with a prefix, or a directory. */
export type StoreLocation = S3Location | DirectoryLocation;

export interface S3Location {
  kind: "s3";
  /** As typed, without slashes at its end. */
  text: string;
  bucket: string;
  /** Key names before everything else; may be empty. */
  prefix: string;
}

interface DirectoryLocation {
  kind: "directory";
  text: string;
  /** Absolute. */
  path: string;
}

export const STORE_FORMS =
  "a place for backups is s3://bucket/prefix, file:///path or a path with a slash, e.g. ./backups";

const MOST_KEY_BYTES = 1024;

/** Reads a location; throws a `location` error that says what is wrong with it. */
export function parseStoreLocation(text: string): StoreLocation {
  if (text === "") throw wrong(text, "is empty");
  if (/\p{C}/u.test(text)) throw wrong(text, "holds control characters");
  const shown = text.replace(/(?<=[^/])\/+$/, "");
  const scheme = /^([a-z0-9+.-]+):\/\//i.exec(text)?.[1]?.toLowerCase();
  if (scheme === "s3") return parseS3(shown);
  if (scheme === "file") return parseFileUrl(shown);
  if (scheme !== undefined) throw wrong(text, `"${scheme}://" is no place for backups`);
  if (!text.includes("/")) throw wrong(text, 'has no "/", so it could be a bucket or a directory');
  if (/^(s3|file|https?|arn):/i.test(text)) throw wrong(text, "is no URL that is known here");
  const [first = ""] = text.split("/");
  if (!/^(|\.|\.\.)$/.test(first) && !existsSync(first)) {
    throw wrong(
      text,
      `could be a bucket or a directory, and there is no directory ${JSON.stringify(first)} here`,
    );
  }
  return { kind: "directory", text: shown, path: resolve(text) };
}

function parseS3(text: string): StoreLocation {
  const [bucket = "", ...names] = text.slice("s3://".length).split("/");
  if (bucket === "") throw wrong(text, "names no bucket");
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket)) {
    throw wrong(text, `"${bucket}" is no bucket's name: 3 to 63 lowercase letters, digits, dots and hyphens`);
  }
  if (bucket.endsWith("--x-s3")) throw wrong(text, "is a directory bucket, which keeps no versions");
  const prefix = names.join("/");
  const problem = prefix === "" ? undefined : keyProblem(prefix);
  if (problem !== undefined) throw wrong(text, `has a prefix that ${problem}`);
  return { kind: "s3", text, bucket, prefix };
}

function parseFileUrl(text: string): StoreLocation {
  try {
    return { kind: "directory", text, path: fileURLToPath(text) };
  } catch {
    throw wrong(text, "is no file:// URL of this machine: it has three slashes, e.g. file:///mnt/backups");
  }
}

/** What keeps a text from being a key of a store, if anything. */
export function keyProblem(key: string): string | undefined {
  if (/\p{C}/u.test(key)) return "holds control characters";
  if (Buffer.byteLength(key) > MOST_KEY_BYTES) return `is longer than ${MOST_KEY_BYTES} bytes`;
  const names = key.split("/");
  if (names.includes("")) return 'has an empty name between or beside its "/"';
  if (names.includes(".") || names.includes("..")) return 'has a name that is "." or ".."';
  return undefined;
}

/** @throws DdbrError `location` */
export function checkKey(key: string): void {
  const problem = keyProblem(key);
  if (problem !== undefined)
    throw new DdbrError("location", problem, { subject: `key ${JSON.stringify(key)}` });
}

function wrong(text: string, problem: string): DdbrError {
  return new DdbrError("location", problem, { subject: JSON.stringify(text), hint: STORE_FORMS });
}

/** A place below another. */
export function placeIn(location: StoreLocation, name: string): StoreLocation {
  const text = `${location.text}/${name}`;
  if (location.kind === "directory") return { ...location, text, path: join(location.path, name) };
  return { ...location, text, prefix: location.prefix === "" ? name : `${location.prefix}/${name}` };
}

/** A file's place: the folder it is in, and its name. @throws DdbrError `location` where no file is named */
export function splitFile<Location extends StoreLocation>(
  location: Location,
): { folder: Location; name: string } {
  const wholePath = location.kind === "directory" ? location.path : location.prefix;
  const name = basename(wholePath);
  if (name === "") throw wrong(location.text, "names no file");
  const folder = location.text.slice(0, location.text.lastIndexOf("/")) || "/";
  if (location.kind === "directory") {
    return { folder: { ...location, text: folder, path: dirname(location.path) }, name };
  }
  return { folder: { ...location, text: folder, prefix: wholePath.slice(0, -name.length - 1) }, name };
}

/** Whether a place is a folder, or somewhere below it. */
export function isWithin(place: StoreLocation, folder: StoreLocation): boolean {
  if (place.kind === "s3") {
    return (
      folder.kind === "s3" &&
      place.bucket === folder.bucket &&
      (folder.prefix === "" || `${place.prefix}/`.startsWith(`${folder.prefix}/`))
    );
  }
  return folder.kind === "directory" && `${place.path}/`.startsWith(`${folder.path}/`.replace(/\/+$/, "/"));
}
