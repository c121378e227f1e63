import { type FileFigures, openFileWriter } from "../backup/file-writer.ts";
import { inParallel } from "../in-parallel.ts";
import type { WireItem } from "../item/attribute-value.ts";
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
import { OlderObjects } from "./older-objects.ts";
import { isRecordName, readRecordBody } from "./record-object.ts";
import { checkEmpty } from "./snapshot-empty.ts";
import { LineBuffer } from "./snapshot-lines.ts";
import { hasManifest, manifestNameOf, removeManifest, type SnapshotManifest } from "./snapshot-manifest.ts";

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
    const counting = countObjects(run, source, AbortSignal.any([run.signal, enough.signal])).catch(() => {});
    try {
      await fold(run, options);
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
 * Lists what is there now once more and ahead of reading, so that it can be told about how much is to be done: a thousand objects
 * to a request, where reading takes a request for each. Of a moment's objects there are about as many.
 */
async function countObjects(run: TransferRun, source: ObjectStore, signal: AbortSignal): Promise<void> {
  let items = 0;
  for await (const page of source.list("", signal)) {
    items += page.length;
    run.report({ type: "listed", objects: page.length });
    await run.gate.passed(signal);
    signal.throwIfAborted();
  }
  run.report({ type: "estimated", items });
}

async function fold(run: TransferRun, options: SnapshotOptions): Promise<void> {
  const { source, destination, name, reads } = options;
  const startedAt = new Date().toISOString();
  // One that is there speaks of the snapshot before: it is renewed, or the new one would pass for damaged.
  const withManifest = options.manifest || (await hasManifest(destination, name, run.signal));
  const file = await openFileWriter(destination, name, "gzip", run.signal);
  const older = new OlderObjects();
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
        const record = await readRecord(object);
        if (record === undefined) return;
        run.report({ type: "read", segment: WHOLE, items: 1 });
        if (!older.putAside(object, record.item)) await lines.add(lineOf(record));
      });
      run.inFlight(WHOLE, requests + file.partsInFlight);
    }
    await inParallel(older.remaining(), reads, addFirst);
    tellDuplicates();
    await lines.flush();
    run.signal.throwIfAborted();
    if (lines.items === 0) await checkEmpty(source, { found, foreign, at: options.at }, run);
    if (withManifest) await removeManifest(destination, name, run.signal);
    const figures = await file.complete();
    run.inFlight(WHOLE, 0);
    lines.tellStored();
    // From here on it is there, whatever becomes of its manifest.
    run.report({ type: "segment-done", segment: WHOLE });
    if (withManifest) {
      const counts = { items: lines.items, foreign, duplicates: older.duplicates };
      const manifest = manifestOf(options, startedAt, counts, figures);
      await putJson(destination, manifestNameOf(name), manifest, run.signal);
    }
  } catch (error) {
    await file.abort();
    throw error;
  } finally {
    older.close();
  }

  /** Undefined when it is gone, or is no record, which is told. */
  async function readRecord({ key, versionId }: HeldObject): Promise<FoldedRecord | undefined> {
    await run.gate.passed(run.signal);
    if (!isRecordName(key)) return passOver(key, "its name is no record's");
    requests++;
    const stored = await source.get(key, versionId, run.signal).finally(() => requests--);
    // Deleted since it was listed, or being deleted.
    if (stored === undefined) return undefined;
    const item = readRecordBody(stored.body);
    return typeof item === "string" ? passOver(key, item) : { item, body: stored.body };
  }

  /** Of a record's objects only the one that counts, or the next that is still there. */
  async function addFirst(same: HeldObject[]): Promise<void> {
    for (const [index, object] of same.entries()) {
      const record = await readRecord(object);
      if (record === undefined) continue;
      older.duplicates += same.length - index - 1;
      return await lines.add(lineOf(record));
    }
  }

  function tellDuplicates(): void {
    const { duplicates } = older;
    if (duplicates === 0) return;
    const message = `objects under older names left out because the record has another one: ${duplicates}; incremental-diff --repair deletes such`;
    run.report({ type: "warning", message });
  }

  function passOver(object: string, reason: string): undefined {
    foreign++;
    run.report({ type: "foreign", object, reason });
  }
}

interface FoldedRecord {
  item: WireItem;
  body: Buffer;
}

function lineOf({ item, body }: FoldedRecord): string {
  const text = body.toString();
  return /[\n\r]/.test(text) ? JSON.stringify(item) : text;
}

function manifestOf(
  { source, at, name }: SnapshotOptions,
  startedAt: string,
  counts: Pick<SnapshotManifest, "items" | "foreign" | "duplicates">,
  figures: FileFigures,
): SnapshotManifest {
  return {
    format: "ddbr-snapshot",
    version: 1,
    source: source.location.text,
    ...(at === undefined ? {} : { at: new Date(at).toISOString() }),
    startedAt,
    finishedAt: new Date().toISOString(),
    name,
    compression: "gzip",
    ...counts,
    ...figures,
  };
}
