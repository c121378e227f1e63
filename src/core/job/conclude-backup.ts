import { isDeepStrictEqual } from "node:util";
import { MANIFEST_NAME, stretchFileName, stretchOfFile } from "../backup/file-name.ts";
import { JobFingerprint } from "../backup/job-fingerprint.ts";
import { namesIn } from "../backup/job-folder.ts";
import {
  type BackupFile,
  type BackupKind,
  type BackupManifest,
  manifestOf,
  putManifest,
  type WholeJob,
} from "../backup/manifest.ts";
import { DdbrError } from "../errors.ts";
import { inParallel } from "../in-parallel.ts";
import type { JobRecord } from "../state/job-record.ts";
import type { SegmentRecord } from "../state/segment-record.ts";
import type { StatePlace } from "../state/state-place.ts";
import { getJson } from "../store/json-object.ts";
import type { ObjectStore } from "../store/object-store.ts";
import { openStore } from "../store/open-store.ts";
import type { BackupTotals } from "./backup-job.ts";
import { type BackupJobSettings, jobIdOf } from "./begin-backup.ts";
import { damagedPart, readPart } from "./read-part.ts";

/** Requests of one kind. */
const AT_ONCE = 32;

export interface ConcludedBackup {
  place: StatePlace;
  job: JobRecord;
  /** Of all segments, in their order; each is done. */
  records: readonly SegmentRecord[];
  signal: AbortSignal;
}

/**
 * Takes away what killed workers have left, and writes the manifest: the same, whoever does it, however often.
 * @throws DdbrError `damaged` where a file is not there; `exists` where another backup's manifest is; as the store
 */
export async function concludeBackup({ place, job, records, signal }: ConcludedBackup): Promise<void> {
  const { request, kind, description } = job.settings as BackupJobSettings;
  const jobId = jobIdOf(job);
  const store = await openStore(request.place, request.storeOptions, signal);
  try {
    const files = records.flatMap(({ totals }) => (totals as BackupTotals).files);
    const there = await namesIn(store, jobId, signal);
    const lost = files.find(({ name }) => !there.has(name));
    if (lost !== undefined) throw notThere(store, jobId, lost);
    const left = records.flatMap(({ epoch, totals }, segment) =>
      leftBehind(segment, epoch, (totals as BackupTotals).files, kind),
    );
    await inParallel(left, AT_ONCE, (name) => takeAway(store, `${jobId}/${name}`, there.has(name), signal));
    const fingerprint = await fingerprintOf(place, kind, records, signal);
    const manifest = manifestOf(jobId, kind, { files, fingerprint }, description);
    const written = await getJson(store, `${jobId}/${MANIFEST_NAME}`, signal);
    if (written === undefined) await putManifest(store, manifest, signal);
    // Another program may compress the fingerprint otherwise.
    else if (!isDeepStrictEqual((written as Partial<BackupManifest> | null)?.files, manifest.files)) {
      throw otherManifest(store, jobId);
    }
  } finally {
    store.close();
  }
}

/** The names of files that those who have lost the segment may have written after all that they saved: one for each lease. */
function leftBehind(
  segment: number,
  epoch: number,
  files: readonly BackupFile[],
  kind: BackupKind,
): string[] {
  const epochs = files.map(({ name }) => stretchOfFile(name)!.epoch);
  return Array.from({ length: epoch - 1 }, (_, before) => {
    const lost = before + 1;
    const number = epochs.filter((saved) => saved <= lost).length + 1;
    return stretchFileName({ segment, epoch: lost, number }, kind);
  });
}

async function takeAway(
  store: ObjectStore,
  key: string,
  isThere: boolean,
  signal: AbortSignal,
): Promise<void> {
  // Beginning to write it clears away what is there of it, of which no listing tells.
  await (await store.upload(key, {}, signal)).abort();
  if (isThere) await store.delete(key, {}, signal);
}

async function fingerprintOf(
  place: StatePlace,
  kind: BackupKind,
  records: readonly SegmentRecord[],
  signal: AbortSignal,
): Promise<WholeJob["fingerprint"]> {
  const fingerprint = new JobFingerprint(kind);
  const parts = records.flatMap(({ parts: names }, segment) => names.map((name) => ({ segment, name })));
  await inParallel(parts, AT_ONCE, async ({ segment, name }) => {
    const json = parsed((await readPart(place, segment, name, signal)).toString());
    if (json === undefined) throw damagedPart(place, segment, name, "is not JSON");
    fingerprint.add(json);
  });
  return fingerprint.result;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function notThere(store: ObjectStore, job: string, { name, segment }: BackupFile): DdbrError {
  return new DdbrError("damaged", `is a file of segment ${segment}, and is not there`, {
    subject: `${store.location.text}/${job}/${name}`,
    hint: "it was deleted after it was written: begin another backup, with another place for the state",
  });
}

function otherManifest(store: ObjectStore, job: string): DdbrError {
  return new DdbrError("exists", "is the manifest of another backup", {
    subject: `${store.location.text}/${job}/${MANIFEST_NAME}`,
    hint: "it was written while this one was under way: take another --jobid, and another place for the state",
  });
}
