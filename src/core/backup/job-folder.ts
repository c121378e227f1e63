import { DdbrError } from "../errors.ts";
import { inParallel } from "../in-parallel.ts";
import type { ObjectStore } from "../store/object-store.ts";
import { SUFFIXES } from "./compression.ts";
import {
  type BackupFile,
  type BackupKind,
  getReceipt,
  MANIFEST_NAME,
  RECEIPTS_FOLDER,
  type Receipt,
} from "./manifest.ts";

/** What may become of a job that is there: refused, kept where it is whole, or written over. */
export type Existing = "refuse" | "resume" | "overwrite";

/** What a job's folder means to a run that is about to write into it. */
export interface JobFolder {
  /** The files among those to be written that are there and whole. */
  kept: BackupFile[];
  /** Says that all files are whole. */
  hasManifest: boolean;
  /** Keys of what would name files whole that are about to be written, or not belong to them; to be deleted one list after the other. */
  outdated: string[][];
}

const RECEIPTS_AT_ONCE = 16;

/** Where a segment's file is, from the job's folder. An import takes all there is in a folder, so an export has one to itself. */
export function fileName(segment: number, { contents, compression }: BackupKind): string {
  return contents === "export" ? `data/${segment}.json${SUFFIXES[compression]}` : `${segment}`;
}

const FILE_NAME = /^(?:(\d+)|data\/(\d+)\.json(?:\.gz|\.zst)?)$/;
const RECEIPT_NAME = new RegExp(`^${RECEIPTS_FOLDER}/(\\d+)\\.json$`);

function segmentOf(name: string, pattern: RegExp): number | undefined {
  const [, one, other] = pattern.exec(name) ?? [];
  const digits = one ?? other;
  return digits === undefined ? undefined : Number(digits);
}

/**
 * Looks at what is there of a job.
 * @throws DdbrError `exists` when it is not to be gone on with, or cannot be by a run of this kind
 */
export async function readJobFolder(
  store: ObjectStore,
  job: string,
  kind: BackupKind,
  { chosen, existing, signal }: { chosen: readonly number[]; existing: Existing; signal: AbortSignal },
): Promise<JobFolder> {
  const names = await namesIn(store, job, signal);
  const hasManifest = names.has(MANIFEST_NAME);
  let kept: BackupFile[] = [];
  if (existing !== "overwrite") {
    if (existing === "refuse") refuseTaken(`${store.location.text}/${job}`, names, chosen);
    await refuseOtherKind(store, job, names, kind, signal);
    if (existing === "resume") kept = await wholeFiles(store, job, names, chosen, signal);
  }
  const isKept = new Set(kept.map(({ segment }) => segment));
  const written = new Set(chosen.filter((segment) => !isKept.has(segment)));
  const outdated = existing === "refuse" ? [] : outdatedIn(names, written, kind);
  return { kept, hasManifest, outdated: outdated.map((list) => list.map((name) => `${job}/${name}`)) };
}

/** How many segments a job was begun with; undefined where nothing of it is whole. */
export async function segmentsBegun(
  store: ObjectStore,
  job: string,
  signal: AbortSignal,
): Promise<number | undefined> {
  return (await anyReceipt(store, job, await namesIn(store, job, signal), signal))?.segments;
}

/** Every segment's file, or undefined as long as some are missing: others may be at work on them. */
export async function allFiles(
  store: ObjectStore,
  job: string,
  kind: BackupKind,
  signal: AbortSignal,
): Promise<BackupFile[] | undefined> {
  const names = await namesIn(store, job, signal);
  const segments = Array.from({ length: kind.segments }, (_, segment) => segment);
  if (!segments.every((segment) => names.has(`${RECEIPTS_FOLDER}/${segment}.json`))) return undefined;
  const files: BackupFile[] = [];
  await inParallel(segments, RECEIPTS_AT_ONCE, async (segment) => {
    const receipt = await getReceipt(store, job, segment, signal);
    if (receipt !== undefined && differenceOf(receipt, kind) === undefined) files.push(receipt.file);
  });
  return files.length === segments.length ? files.sort((a, b) => a.segment - b.segment) : undefined;
}

/** Names from the job's folder. */
async function namesIn(store: ObjectStore, job: string, signal: AbortSignal): Promise<Set<string>> {
  const names = new Set<string>();
  for await (const page of store.list(job, signal)) {
    for (const key of page) names.add(key.slice(job.length + 1));
  }
  return names;
}

function refuseTaken(place: string, names: ReadonlySet<string>, chosen: readonly number[]): void {
  const there = new Set(
    [...names].flatMap((name) => segmentOf(name, FILE_NAME) ?? segmentOf(name, RECEIPT_NAME) ?? []),
  );
  const taken = chosen.find((segment) => there.has(segment));
  if (taken === undefined && !names.has(MANIFEST_NAME)) return;
  throw new DdbrError(
    "exists",
    taken === undefined ? "the job is there already" : `segment ${taken} is there already`,
    {
      subject: place,
      hint: "--resume keeps what is whole and does the rest, --overwrite writes all anew; or give another --jobid",
    },
  );
}

async function refuseOtherKind(
  store: ObjectStore,
  job: string,
  names: ReadonlySet<string>,
  kind: BackupKind,
  signal: AbortSignal,
): Promise<void> {
  // All receipts of a job are of one kind: what doesn't fit the first is not written.
  const begun = await anyReceipt(store, job, names, signal);
  const other = begun && differenceOf(begun, kind);
  if (other === undefined) return;
  throw new DdbrError("exists", `this job was begun with ${other}`, {
    subject: `${store.location.text}/${job}`,
    hint: "go on with the same table, --segments, --format and --compress, or give another --jobid",
  });
}

async function anyReceipt(
  store: ObjectStore,
  job: string,
  names: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<Receipt | undefined> {
  for (const name of names) {
    const segment = segmentOf(name, RECEIPT_NAME);
    const receipt = segment === undefined ? undefined : await getReceipt(store, job, segment, signal);
    if (receipt !== undefined) return receipt;
  }
  return undefined;
}

async function wholeFiles(
  store: ObjectStore,
  job: string,
  names: ReadonlySet<string>,
  chosen: readonly number[],
  signal: AbortSignal,
): Promise<BackupFile[]> {
  const files: BackupFile[] = [];
  const begun = chosen.filter((segment) => names.has(`${RECEIPTS_FOLDER}/${segment}.json`));
  await inParallel(begun, RECEIPTS_AT_ONCE, async (segment) => {
    const receipt = await getReceipt(store, job, segment, signal);
    if (receipt !== undefined && names.has(receipt.file.name)) files.push(receipt.file);
  });
  return files.sort((a, b) => a.segment - b.segment);
}

/** While the manifest is there no file changes; and receipts go before it, see `concludeJob`. */
function outdatedIn(names: ReadonlySet<string>, written: ReadonlySet<number>, kind: BackupKind): string[][] {
  if (written.size === 0) return [];
  const isOutdated = (segment: number) => written.has(segment) || segment >= kind.segments;
  const receipts: string[] = [];
  const files: string[] = [];
  for (const name of names) {
    const receiptOf = segmentOf(name, RECEIPT_NAME);
    if (receiptOf !== undefined && isOutdated(receiptOf)) receipts.push(name);
    const segment = segmentOf(name, FILE_NAME);
    // A file of the same name stays until the new one is whole and takes its place.
    if (segment !== undefined && isOutdated(segment) && !isWritten(name, segment)) files.push(name);
  }
  // Another process may be about to write it.
  const manifest = receipts.length > 0 || names.has(MANIFEST_NAME) ? [MANIFEST_NAME] : [];
  return [receipts, manifest, files];

  function isWritten(name: string, segment: number): boolean {
    return written.has(segment) && name === fileName(segment, kind);
  }
}

function differenceOf(begun: BackupKind, kind: BackupKind): string | undefined {
  if (begun.table.arn !== kind.table.arn || begun.table.createdAt !== kind.table.createdAt) {
    return `another table, ${begun.table.arn} of ${begun.table.createdAt}`;
  }
  if (begun.segments !== kind.segments) return `${begun.segments} segments`;
  if (begun.contents !== kind.contents) return `--format ${begun.contents}`;
  if (begun.compression !== kind.compression) return `--compress ${begun.compression}`;
  return undefined;
}
