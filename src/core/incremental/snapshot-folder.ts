import { openFileWriter } from "../backup/file-writer.ts";
import { DdbrError } from "../errors.ts";
import { inParallel } from "../in-parallel.ts";
import { putJson } from "../store/json-object.ts";
import type { ObjectStore } from "../store/object-store.ts";
import {
  observerOf,
  runTransfer,
  type TransferControls,
  type TransferRun,
} from "../transfer/run-transfer.ts";
import type { TransferSummary } from "../transfer/transfer-events.ts";
import { type HeldObject, objectsAt, objectsNow } from "./folder-at.ts";
import { isRecordName, readRecordBody } from "./record-object.ts";
import { LineBuffer } from "./snapshot-lines.ts";
import { manifestNameOf, type SnapshotManifest } from "./snapshot-manifest.ts";

export interface SnapshotOptions extends TransferControls {
  /** Opened at the incremental folder itself. */
  source: ObjectStore;
  /** Opened at the folder that the snapshot is put in. */
  destination: ObjectStore;
  /** The snapshot's name in there. */
  name: string;
  /** The moment whose state is wanted, milliseconds since 1970; undefined: now. */
  at: number | undefined;
  manifest: boolean;
  /** Requests to the source at the same time. */
  reads: number;
}

/** There is one source and one file: no segments. */
const WHOLE = 0;

/** Writes what an incremental folder holds as one gzipped file of JSON lines, in no order. It is complete or absent. */
export async function snapshotFolder(options: SnapshotOptions): Promise<TransferSummary> {
  const { source, destination, name } = options;
  const place = `${destination.location.text}/${name}`;
  const plan = {
    job: "snapshot" as const,
    source: source.location.text,
    destination: place,
    segments: 1,
    chosen: [WHOLE],
    estimate: { items: 0, bytes: 0, readUnits: 0 },
    wrote: place,
  };
  return await runTransfer(plan, options, async (run) => {
    source.observe(observerOf("source", run.report));
    destination.observe(observerOf("destination", run.report));
    run.report({ type: "segment-started", segment: WHOLE });
    // It only serves to show progress: its end, or its failure, is none of the file's concern.
    const enough = new AbortController();
    const counting = countObjects(run, options, AbortSignal.any([run.signal, enough.signal])).catch(() => {});
    try {
      await fold(run, options);
      run.report({ type: "segment-done", segment: WHOLE });
    } finally {
      enough.abort();
      await counting;
    }
  });
}

function objects({ source, at }: SnapshotOptions, signal: AbortSignal): AsyncGenerator<HeldObject[]> {
  return at === undefined ? objectsNow(source, signal) : objectsAt(source, at, signal);
}

/**
 * Lists all once more and ahead of reading, so that it can be told how much is to be done: a thousand objects to a request,
 * where reading takes a request for each.
 */
async function countObjects(run: TransferRun, options: SnapshotOptions, signal: AbortSignal): Promise<void> {
  let items = 0;
  for await (const page of objects(options, signal)) {
    signal.throwIfAborted();
    items += page.length;
    run.report({ type: "listed", objects: page.length });
    await run.gate.passed(signal);
  }
  run.report({ type: "estimated", items });
}

async function fold(run: TransferRun, options: SnapshotOptions): Promise<void> {
  const { source, destination, name, reads } = options;
  const startedAt = new Date().toISOString();
  const file = await openFileWriter(destination, name, "gzip", run.signal);
  const lines = new LineBuffer(file, ({ items, rawBytes, storedBytes }) =>
    run.report({ type: "written", segment: WHOLE, items, rawBytes, storedBytes }),
  );
  let requests = 0;
  let found = 0;
  let foreign = 0;
  try {
    for await (const page of objects(options, run.signal)) {
      found += page.length;
      await inParallel(page, reads, async (object) => {
        await run.gate.passed(run.signal);
        requests++;
        const line = await readRecord(object, run, source).finally(() => requests--);
        if (line !== undefined) await lines.add(line);
      });
      run.inFlight(WHOLE, requests + file.partsInFlight);
    }
    await lines.flush();
    run.signal.throwIfAborted();
    if (lines.items === 0) await checkEmpty(run, source, { found, foreign });
    const figures = await file.complete();
    run.inFlight(WHOLE, 0);
    lines.tellStored();
    if (options.manifest) {
      const manifest: SnapshotManifest = {
        format: "ddbr-snapshot",
        version: 1,
        source: source.location.text,
        ...(options.at === undefined ? {} : { at: new Date(options.at).toISOString() }),
        startedAt,
        finishedAt: new Date().toISOString(),
        name,
        compression: "gzip",
        items: lines.items,
        foreign,
        ...figures,
      };
      await putJson(destination, manifestNameOf(name), manifest, run.signal);
    }
  } catch (error) {
    await file.abort();
    throw error;
  }

  /** The record's line; undefined when it is gone, or is none, which is told. */
  async function readRecord(
    object: HeldObject,
    run: TransferRun,
    store: ObjectStore,
  ): Promise<string | undefined> {
    const { key, versionId } = object;
    if (!isRecordName(key)) return passOver(key, "its name is no record's");
    if (object.archived) throw archived(store, key);
    const stored = await store.get(key, versionId, run.signal);
    // Deleted since it was listed, or being deleted.
    if (stored === undefined) return undefined;
    const item = readRecordBody(stored.body);
    if (typeof item === "string") return passOver(key, item);
    run.report({ type: "read", segment: WHOLE, items: 1 });
    const body = stored.body.toString();
    return /[\n\r]/.test(body) ? JSON.stringify(item) : body;
  }

  function passOver(object: string, reason: string): undefined {
    foreign++;
    run.report({ type: "foreign", object, reason });
  }
}

/**
 * Nothing to be folded: a table without records is backed up by an empty file, but a name that was
 * mistyped must not pass for one.
 */
async function checkEmpty(
  run: TransferRun,
  source: ObjectStore,
  { found, foreign }: { found: number; foreign: number },
): Promise<void> {
  const refuse = (problem: string) => {
    throw new DdbrError("no-such-object", problem, {
      subject: source.location.text,
      hint: "name the folder of one table: what incremental-backfill was given, and the table's name after it",
    });
  };
  if (foreign > 0) refuse("holds objects, but no record");
  if (found === 0 && !(await hasHistory(source, run.signal))) refuse("holds nothing, and never did");
  run.report({ type: "warning", message: "the folder holds no record, so the snapshot is empty" });
}

async function hasHistory(store: ObjectStore, signal: AbortSignal): Promise<boolean> {
  try {
    for await (const page of store.versions({ folder: "" }, signal)) if (page.length > 0) return true;
  } catch (error) {
    // Whoever may only read what is there now cannot know: then it is as if there were none.
    if (!(error instanceof DdbrError && error.code === "permission")) throw error;
  }
  return false;
}

function archived(store: ObjectStore, key: string): DdbrError {
  return new DdbrError("damaged", "is archived and cannot be read", {
    subject: `${store.location.text}/${key}`,
    hint: "restore it from the archive (S3 Glacier) first",
  });
}
