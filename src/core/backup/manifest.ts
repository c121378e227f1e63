import type { Fingerprint } from "../fingerprint/fingerprint.ts";
import { type FingerprintJson, toJson } from "../fingerprint/fingerprint-json.ts";
import type { KeySchema } from "../item/attribute-value.ts";
import { putJson } from "../store/json-object.ts";
import type { ObjectStore } from "../store/object-store.ts";
import type { WholeDescription } from "../table/table.ts";
import type { Compression } from "./compression.ts";
import { MANIFEST_NAME } from "./file-name.ts";
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
  /** The sum of those of the files; absent where one has none. */
  fingerprint?: FingerprintJson;
  description: WholeDescription;
}

/** What all segments add up to. */
export interface WholeJob {
  /** Of a segment in the order of its scan. */
  files: BackupFile[];
  fingerprint: Fingerprint | undefined;
}

export function manifestOf(
  job: string,
  kind: BackupKind,
  { files, fingerprint }: WholeJob,
  description: WholeDescription,
): BackupManifest {
  const sum = (of: (file: BackupFile) => number) => files.reduce((total, file) => total + of(file), 0);
  return {
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
    ...(fingerprint && { fingerprint: toJson(fingerprint) }),
    description,
  };
}

/** Written last. */
export async function putManifest(
  store: ObjectStore,
  manifest: BackupManifest,
  signal: AbortSignal,
): Promise<void> {
  await putJson(store, `${manifest.job}/${MANIFEST_NAME}`, manifest, signal);
}
