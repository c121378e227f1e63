import { SUFFIXES } from "./compression.ts";
import type { BackupKind } from "./manifest.ts";

export const MANIFEST_NAME = "manifest.json";
const RECEIPTS_FOLDER = "receipts";

const FILE_NAME = /^(?:(\d+)|data\/(\d+)\.json(?:\.gz|\.zst)?)$/;
const STRETCH_NAME = /^(?:data\/)?(\d+)-(\d+)-(\d+)(?:\.json(?:\.gz|\.zst)?)?$/;
const RECEIPT_NAME = new RegExp(`^${RECEIPTS_FOLDER}/(\\d+)\\.json$`);

/** A part of a segment that one of many workers has written. */
export interface StretchName {
  segment: number;
  /** Which of the segment's leases it was written under. */
  epoch: number;
  /** Which of the segment's files it is; the first is 1. */
  number: number;
}

type FileKind = Pick<BackupKind, "contents" | "compression">;

/** Where a segment's file is, from the job's folder. */
export function fileName(segment: number, kind: FileKind): string {
  return named(`${segment}`, kind);
}

/** Where the file of a part of a segment is: no two workers, one of which may have died, write the same. */
export function stretchFileName({ segment, epoch, number }: StretchName, kind: FileKind): string {
  return named(`${segment}-${epoch}-${number}`, kind);
}

/** An import takes all there is in a folder, so an export has one to itself. */
function named(name: string, { contents, compression }: FileKind): string {
  return contents === "export" ? `data/${name}.json${SUFFIXES[compression]}` : name;
}

/** Where its receipt is, from the job's folder. */
export function receiptName(segment: number): string {
  return `${RECEIPTS_FOLDER}/${segment}.json`;
}

/** The segment whose file, of whatever kind, is called that. */
export function segmentOfFile(name: string): number | undefined {
  return segmentIn(name, FILE_NAME);
}

/** The part of a segment whose file, of whatever kind, is called that. */
export function stretchOfFile(name: string): StretchName | undefined {
  const [segment, epoch, number] = (STRETCH_NAME.exec(name) ?? []).slice(1).map(Number);
  if (segment === undefined || epoch === undefined || number === undefined) return undefined;
  return { segment, epoch, number };
}

export function segmentOfReceipt(name: string): number | undefined {
  return segmentIn(name, RECEIPT_NAME);
}

function segmentIn(name: string, pattern: RegExp): number | undefined {
  const [, one, other] = pattern.exec(name) ?? [];
  const digits = one ?? other;
  return digits === undefined ? undefined : Number(digits);
}
