import { SUFFIXES } from "./compression.ts";
import type { BackupKind } from "./manifest.ts";

export const MANIFEST_NAME = "manifest.json";
const RECEIPTS_FOLDER = "receipts";

const FILE_NAME = /^(?:(\d+)|data\/(\d+)\.json(?:\.gz|\.zst)?)$/;
const RECEIPT_NAME = new RegExp(`^${RECEIPTS_FOLDER}/(\\d+)\\.json$`);

/** Where a segment's file is, from the job's folder. An import takes all there is in a folder, so an export has one to itself. */
export function fileName(
  segment: number,
  { contents, compression }: Pick<BackupKind, "contents" | "compression">,
): string {
  return contents === "export" ? `data/${segment}.json${SUFFIXES[compression]}` : `${segment}`;
}

/** Where its receipt is, from the job's folder. */
export function receiptName(segment: number): string {
  return `${RECEIPTS_FOLDER}/${segment}.json`;
}

/** The segment whose file, of whatever kind, is called that. */
export function segmentOfFile(name: string): number | undefined {
  return segmentIn(name, FILE_NAME);
}

export function segmentOfReceipt(name: string): number | undefined {
  return segmentIn(name, RECEIPT_NAME);
}

function segmentIn(name: string, pattern: RegExp): number | undefined {
  const [, one, other] = pattern.exec(name) ?? [];
  const digits = one ?? other;
  return digits === undefined ? undefined : Number(digits);
}
