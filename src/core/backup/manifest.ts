import { DdbrError } from "../errors.ts";
import type { KeySchema } from "../item/attribute-value.ts";
import { getJson, putJson } from "../store/json-object.ts";
import type { ObjectStore } from "../store/object-store.ts";
import type { WholeDescription } from "../table/table.ts";
import type { Compression } from "./compression.ts";
import type { FileFigures } from "./file-writer.ts";
import type { LineFormat } from "./item-lines.ts";

/** One file of a backup. */
export interface BackupFile extends FileFigures {
  /** The segment of the table that it holds; 0 for a snapshot. */
  segment: number;
  /** Its name, from the folder that the manifest is in. */
  name: string;
  items: number;
  /** What reading it has consumed. */
  readUnits: number;
  /** ISO 8601, UTC. What was written to the table between the two may or may not be in the file. */
  startedAt: string;
  finishedAt: string;
}

/** What all files of a backup have in common; two that differ in it don't belong together. */
export interface BackupKind {
  segments: number;
  contents: LineFormat;
  compression: Compression;
  /** The table's ARN and time of creation (ISO 8601), which tell it from another of the same name. */
  table: { name: string; arn: string; createdAt: string; keySchema: KeySchema };
}

/** Stands beside a file and says that it is whole: what a job that goes on later, or elsewhere, builds on. */
export interface Receipt extends BackupKind {
  format: "ddbr-receipt";
  version: 1;
  file: BackupFile;
}

/** Written last: a backup is complete when it is there (docs/formats.md). */
export interface BackupManifest extends BackupKind {
  format: "ddbr-backup";
  version: 1;
  job: string;
  startedAt: string;
  finishedAt: string;
  items: number;
  rawBytes: number;
  storedBytes: number;
  readUnits: number;
  files: BackupFile[];
  description: WholeDescription;
}

export const MANIFEST_NAME = "manifest.json";
export const RECEIPTS_FOLDER = "receipts";
const receiptName = (segment: number) => `${RECEIPTS_FOLDER}/${segment}.json`;

export async function putReceipt(
  store: ObjectStore,
  job: string,
  kind: BackupKind,
  file: BackupFile,
  signal: AbortSignal,
): Promise<void> {
  const receipt: Receipt = { format: "ddbr-receipt", version: 1, ...kind, file };
  await putJson(store, `${job}/${receiptName(file.segment)}`, receipt, signal);
}

export async function getReceipt(
  store: ObjectStore,
  job: string,
  segment: number,
  signal: AbortSignal,
): Promise<Receipt | undefined> {
  const key = `${job}/${receiptName(segment)}`;
  const value = (await getJson(store, key, signal)) as Partial<Receipt> | undefined;
  if (value === undefined) return undefined;
  const { file, table } = value ?? {};
  if (value?.format === "ddbr-receipt" && value.version === 1 && file?.segment === segment && table?.arn)
    return value as Receipt;
  throw new DdbrError("damaged", "is no receipt of a backup", {
    subject: `${store.location.text}/${key}`,
    hint: "--overwrite writes the job anew",
  });
}

/** Writes the manifest that its receipts add up to. */
export async function putManifest(
  store: ObjectStore,
  job: string,
  kind: BackupKind,
  files: BackupFile[],
  description: WholeDescription,
  signal: AbortSignal,
): Promise<BackupManifest> {
  const sum = (of: (file: BackupFile) => number) => files.reduce((total, file) => total + of(file), 0);
  const manifest: BackupManifest = {
    format: "ddbr-backup",
    version: 1,
    job,
    ...kind,
    startedAt: files.map(({ startedAt }) => startedAt).sort()[0]!,
    finishedAt: files
      .map(({ finishedAt }) => finishedAt)
      .sort()
      .at(-1)!,
    items: sum(({ items }) => items),
    rawBytes: sum(({ rawBytes }) => rawBytes),
    storedBytes: sum(({ storedBytes }) => storedBytes),
    readUnits: sum(({ readUnits }) => readUnits),
    files: files.toSorted((a, b) => a.segment - b.segment),
    description,
  };
  await putJson(store, `${job}/${MANIFEST_NAME}`, manifest, signal);
  return manifest;
}
