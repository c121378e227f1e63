import { DdbrError } from "../errors.ts";
import { inParallel } from "../in-parallel.ts";
import type { ObjectStore } from "../store/object-store.ts";
import {
  fileName,
  MANIFEST_NAME,
  receiptName,
  segmentOfFile,
  segmentOfReceipt,
  stretchOfFile,
} from "./file-name.ts";
import { JobFingerprint } from "./job-fingerprint.ts";
import type { BackupFile, BackupKind, WholeJob } from "./manifest.ts";
import { getReceipt, type Receipt } from "./receipt.ts";

/** What may become of a job that is there: refused, kept where it is whole, or written over. */
export type Existing = "refuse" | "resume" | "overwrite";

/** What a job's folder means to a run that is about to write into it. */
export interface JobFolder {
  /** The files among those to be written that are there and whole. */
  kept: BackupFile[];
  /** Keys of what speaks of files that are about to be written over, or has no place beside them; to be deleted one list after the other. */
  outdated: string[][];
}

const RECEIPTS_AT_ONCE = 16;

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
  refuseSharedJob(`${store.location.text}/${job}`, names);
  const begun = await anyReceipt(store, job, names, signal);
  if (existing === "overwrite") {
    const outdated = outdatedIn(names, kind, begun?.segments ?? 0);
    return { kept: [], outdated: outdated.map((list) => list.map((name) => `${job}/${name}`)) };
  }
  if (existing === "refuse") refuseTaken(`${store.location.text}/${job}`, names, chosen);
  if (begun !== undefined) refuseOtherKind(store, job, begun, kind);
  const kept = existing === "resume" ? await wholeFiles(store, job, kind, { names, chosen, signal }) : [];
  return { kept, outdated: [] };
}

/** How many segments a job was begun with; undefined where nothing of it is whole. */
export async function segmentsBegun(
  store: ObjectStore,
  job: string,
  signal: AbortSignal,
): Promise<number | undefined> {
  return (await anyReceipt(store, job, await namesIn(store, job, signal), signal))?.segments;
}

/**
 * Every segment's file and their fingerprint, or undefined as long as some are missing: others may be at work on them.
 * @throws DdbrError `exists` when segments are of another kind
 */
export async function wholeJob(
  store: ObjectStore,
  job: string,
  kind: BackupKind,
  signal: AbortSignal,
): Promise<WholeJob | undefined> {
  const names = await namesIn(store, job, signal);
  const chosen = Array.from({ length: kind.segments }, (_, segment) => segment);
  // Each of a thousand runs of one segment comes by here: only the last has to read all receipts.
  if (!chosen.every((segment) => names.has(receiptName(segment)))) return undefined;
  const fingerprint = new JobFingerprint(kind);
  const files = await wholeFiles(store, job, kind, { names, chosen, signal }, (receipt) =>
    fingerprint.add(receipt.fingerprint),
  );
  return files.length === chosen.length ? { files, fingerprint: fingerprint.result } : undefined;
}

/** Names of all objects there are, from the job's folder. */
export async function namesIn(store: ObjectStore, job: string, signal: AbortSignal): Promise<Set<string>> {
  const names = new Set<string>();
  for await (const page of store.list(job, signal)) {
    for (const key of page) names.add(key.slice(job.length + 1));
  }
  return names;
}

/** @throws DdbrError `exists` where anything of a job is there */
export async function refuseTakenFolder(store: ObjectStore, job: string, signal: AbortSignal): Promise<void> {
  const names = await namesIn(store, job, signal);
  const isOfJob = (name: string) =>
    name === MANIFEST_NAME ||
    [segmentOfFile, segmentOfReceipt, stretchOfFile].some((of) => of(name) !== undefined);
  if (![...names].some(isOfJob)) return;
  throw new DdbrError("exists", "the job is there already", {
    subject: `${store.location.text}/${job}`,
    hint: "give another --jobid; or name the --state that it was begun with, to go on with it",
  });
}

/** Its files are told apart by the state of its workers alone, not by receipts. */
function refuseSharedJob(place: string, names: ReadonlySet<string>): void {
  const shared = [...names].find((name) => stretchOfFile(name) !== undefined);
  if (shared === undefined) return;
  throw new DdbrError(
    "exists",
    `the job was begun with --state: ${JSON.stringify(shared)} is of many workers`,
    {
      subject: place,
      hint: "go on with the same --state, or give another --jobid",
    },
  );
}

function refuseTaken(place: string, names: ReadonlySet<string>, chosen: readonly number[]): void {
  const there = new Set([...names].flatMap((name) => segmentOfFile(name) ?? segmentOfReceipt(name) ?? []));
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

/** All receipts of a job are to be of one kind. */
function refuseOtherKind(
  store: ObjectStore,
  job: string,
  { file, ...begun }: Receipt,
  kind: BackupKind,
): void {
  const other = differenceOf(begun, kind);
  if (other === undefined) return;
  throw new DdbrError("exists", `segment ${file.segment} of this job was begun with ${other}`, {
    subject: `${store.location.text}/${job}`,
    hint: "go on with the same table, --segments, --format and --compress, write all anew with --overwrite, or give another --jobid",
  });
}

/** The first that can be read: what is damaged is refused where it is needed. */
async function anyReceipt(
  store: ObjectStore,
  job: string,
  names: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<Receipt | undefined> {
  for (const name of names) {
    const segment = segmentOfReceipt(name);
    if (segment === undefined) continue;
    try {
      const receipt = await getReceipt(store, job, segment, signal);
      if (receipt !== undefined) return receipt;
    } catch (error) {
      if (!(error instanceof DdbrError && error.code === "damaged")) throw error;
    }
  }
  return undefined;
}

async function wholeFiles(
  store: ObjectStore,
  job: string,
  kind: BackupKind,
  { names, chosen, signal }: { names: ReadonlySet<string>; chosen: readonly number[]; signal: AbortSignal },
  take: (receipt: Receipt) => void = () => {},
): Promise<BackupFile[]> {
  const files: BackupFile[] = [];
  const begun = chosen.filter((segment) => names.has(receiptName(segment)));
  await inParallel(begun, RECEIPTS_AT_ONCE, async (segment) => {
    const receipt = await getReceipt(store, job, segment, signal);
    if (receipt === undefined) return;
    refuseOtherKind(store, job, receipt, kind);
    if (!names.has(receipt.file.name)) return;
    files.push(receipt.file);
    take(receipt);
  });
  return files.sort((a, b) => a.segment - b.segment);
}

/**
 * While the manifest is there no file changes. Receipts go last: they are what shows that a file is this job's, also when a
 * run is killed in between. The folder may hold others' files that are called by a number, too.
 * @param begun how many segments the job had that is written over; 0: there was none
 */
function outdatedIn(names: ReadonlySet<string>, kind: BackupKind, begun: number): string[][] {
  const manifest: string[] = names.has(MANIFEST_NAME) ? [MANIFEST_NAME] : [];
  const files: string[] = [];
  const receipts: string[] = [];
  for (const name of names) {
    const receiptOf = segmentOfReceipt(name);
    if (receiptOf !== undefined && receiptOf < Math.max(begun, kind.segments)) receipts.push(name);
    const segment = segmentOfFile(name);
    if (segment !== undefined && segment < begun && !isReplaced(name, segment)) files.push(name);
  }
  return [manifest, files, receipts];

  /** It stays until the new one is whole and takes its place. */
  function isReplaced(name: string, segment: number): boolean {
    return segment < kind.segments && name === fileName(segment, kind);
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
