import { readFileSync } from "node:fs";
import { DdbrError } from "../../core/errors.ts";
import { type FoundFingerprint, readFingerprint } from "../../core/fingerprint/fingerprint-file.ts";
import { getJson } from "../../core/store/json-object.ts";
import { openStore } from "../../core/store/open-store.ts";
import type { S3StoreOptions } from "../../core/store/s3/s3-store.ts";
import { parseStoreLocation, splitFile } from "../../core/store/store-location.ts";

/** A fingerprint's file or a manifest, on this machine or on S3. @throws DdbrError `file`, `no-such-object` or `damaged` */
export async function openFingerprint(
  text: string,
  options: S3StoreOptions,
  signal: AbortSignal,
): Promise<FoundFingerprint> {
  const value = text.startsWith("s3://")
    ? await fromStore(text, options, signal)
    : fromFile(text.startsWith("file://") ? new URL(text) : text, text);
  return readFingerprint(value, text);
}

async function fromStore(text: string, options: S3StoreOptions, signal: AbortSignal): Promise<unknown> {
  const { folder, name } = splitFile(parseStoreLocation(text));
  const store = await openStore(folder, options, signal);
  try {
    const value = await getJson(store, name, signal);
    if (value !== undefined) return value;
  } finally {
    store.close();
  }
  throw new DdbrError("no-such-object", "is not there", {
    subject: text,
    hint: "name a file that ddbr fingerprint has written, or a backup's manifest",
  });
}

function fromFile(path: string | URL, subject: string): unknown {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw new DdbrError("file", `cannot be read: ${(error as Error).message}`, {
      subject,
      hint: "name a file that ddbr fingerprint has written, or a backup's manifest",
      cause: error,
    });
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new DdbrError("damaged", "is not JSON", {
      subject,
      hint: "name a file that ddbr fingerprint has written, or a backup's manifest",
      cause: error,
    });
  }
}
