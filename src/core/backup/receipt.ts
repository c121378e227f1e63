import { DdbrError } from "../errors.ts";
import type { FingerprintJson } from "../fingerprint/fingerprint-json.ts";
import { getJson, putJson } from "../store/json-object.ts";
import type { ObjectStore } from "../store/object-store.ts";
import { COMPRESSIONS } from "./compression.ts";
import { fileName, MANIFEST_NAME, receiptName } from "./file-name.ts";
import { LINE_FORMATS } from "./item-lines.ts";
import type { BackupFile, BackupKind } from "./manifest.ts";

/** Stands beside a file and says that it is whole: what a job that goes on later, or elsewhere, builds on. */
export interface Receipt extends BackupKind {
  format: "ddbr-receipt";
  version: 1;
  file: BackupFile;
  /** Absent in those of earlier versions. */
  fingerprint?: FingerprintJson;
}

export async function putReceipt(
  store: ObjectStore,
  job: string,
  kind: BackupKind,
  written: Required<Pick<Receipt, "file" | "fingerprint">>,
  signal: AbortSignal,
): Promise<void> {
  const receipt: Receipt = { format: "ddbr-receipt", version: 1, ...kind, ...written };
  await putJson(store, `${job}/${receiptName(written.file.segment)}`, receipt, signal);
}

/** @throws DdbrError `damaged` */
export async function getReceipt(
  store: ObjectStore,
  job: string,
  segment: number,
  signal: AbortSignal,
): Promise<Receipt | undefined> {
  const key = `${job}/${receiptName(segment)}`;
  const value = await getJson(store, key, signal);
  if (value === undefined || isReceipt(value, segment)) return value;
  throw new DdbrError("damaged", "is no receipt of a backup", {
    subject: `${store.location.text}/${key}`,
    hint: "--overwrite writes the job anew; or give another --jobid",
  });
}

/**
 * Deletes what says that a segment's file is whole: its receipt, then the manifest. In this order, so that who looks at
 * the receipts again after writing a manifest knows whether it holds. Returns whether there was a receipt.
 */
export async function withdrawReceipt(
  store: ObjectStore,
  job: string,
  segment: number,
  signal: AbortSignal,
): Promise<boolean> {
  const wasThere = await deleteWhereThere(store, `${job}/${receiptName(segment)}`, signal);
  await deleteWhereThere(store, `${job}/${MANIFEST_NAME}`, signal);
  return wasThere;
}

/** A new job's writer may not be allowed to delete, and has no need to. */
async function deleteWhereThere(store: ObjectStore, key: string, signal: AbortSignal): Promise<boolean> {
  if ((await store.get(key, undefined, signal)) === undefined) return false;
  await store.delete(key, {}, signal);
  return true;
}

function isReceipt(value: unknown, segment: number): value is Receipt {
  const { format, version, segments, contents, compression, table, file } = (value ?? {}) as Partial<Receipt>;
  return (
    format === "ddbr-receipt" &&
    version === 1 &&
    isCount(segments) &&
    segment < segments &&
    contents !== undefined &&
    LINE_FORMATS.includes(contents) &&
    compression !== undefined &&
    COMPRESSIONS.includes(compression) &&
    typeof table?.arn === "string" &&
    isMoment(table.createdAt) &&
    file?.segment === segment &&
    file.name === fileName(segment, { contents, compression }) &&
    [file.items, file.rawBytes, file.storedBytes].every(isCount) &&
    Number.isFinite(file.readUnits) &&
    file.readUnits >= 0 &&
    /^[0-9a-f]{64}$/.test(file.sha256) &&
    [file.startedAt, file.finishedAt].every(isMoment)
  );
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isMoment(value: unknown): boolean {
  return typeof value === "string" && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value);
}
