import { type FileFigures, openFileWriter } from "../backup/file-writer.ts";
import { DEFAULT_BUCKETS } from "../fingerprint/bucket-table.ts";
import { toJson } from "../fingerprint/fingerprint-json.ts";
import { LearningFingerprinter } from "../fingerprint/learning-fingerprinter.ts";
import { putJson } from "../store/json-object.ts";
import type { ObjectStore } from "../store/object-store.ts";
import {
  observerOf,
  runTransfer,
  type TransferControls,
  type TransferRun,
} from "../transfer/run-transfer.ts";
import type { TransferSummary } from "../transfer/transfer-events.ts";
import { whileCounting } from "./count-objects.ts";
import { requireEverHeld } from "./ever-held.ts";
import { type FolderRecord, FolderRecords } from "./folder-records.ts";
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
    await whileCounting(run, source, () => fold(run, options));
  });
}

async function fold(run: TransferRun, options: SnapshotOptions): Promise<void> {
  const { source, destination, name, reads } = options;
  const startedAt = new Date().toISOString();
  // One that is there speaks of the snapshot before: it is renewed, or the new one would pass for damaged.
  const withManifest = options.manifest || (await hasManifest(destination, name, run.signal));
  const file = await openFileWriter(destination, name, "gzip", run.signal);
  const lines = new LineBuffer(file, ({ items, rawBytes, storedBytes }) =>
    run.report({ type: "written", segment: WHOLE, items, rawBytes, storedBytes }),
  );
  const records = new FolderRecords({
    store: source,
    at: options.at,
    reads,
    signal: run.signal,
    gate: run.gate,
    foreign: (object, reason) => run.report({ type: "foreign", object, reason }),
    read: () => run.report({ type: "read", segment: WHOLE, items: 1 }),
  });
  const fingerprinter = withManifest ? new LearningFingerprinter(DEFAULT_BUCKETS) : undefined;
  try {
    for await (const page of records.pages()) {
      for (const record of page) {
        fingerprinter?.add(record.item, records.key);
        await lines.add(lineOf(record));
      }
      run.inFlight(WHOLE, records.underWay + file.partsInFlight);
    }
    if (records.duplicates > 0) tellDuplicates(run, records.duplicates);
    await lines.flush();
    run.signal.throwIfAborted();
    if (lines.items === 0) {
      await requireEverHeld(source, records, options.at, run.signal);
      tellEmpty(run, options.at);
    }
    if (withManifest) await removeManifest(destination, name, run.signal);
    const figures = await file.complete();
    run.inFlight(WHOLE, 0);
    lines.tellStored();
    // From here on it is there, whatever becomes of its manifest.
    run.report({ type: "segment-done", segment: WHOLE });
    if (withManifest) {
      const { foreign, duplicates } = records;
      const counts = { items: lines.items, foreign, duplicates };
      const fingerprint = fingerprinter?.result;
      const manifest = {
        ...manifestOf(options, startedAt, counts, figures),
        ...(fingerprint && { fingerprint: toJson(fingerprint) }),
      };
      await putJson(destination, manifestNameOf(name), manifest, run.signal);
    }
  } catch (error) {
    await file.abort();
    throw error;
  }
}

function tellDuplicates({ report }: TransferRun, duplicates: number): void {
  const message = `objects under older names left out because the record has another one: ${duplicates}; incremental-diff --repair deletes such`;
  report({ type: "warning", message });
}

function tellEmpty({ report }: TransferRun, at: number | undefined): void {
  const when = at === undefined ? "holds" : "then held";
  report({ type: "warning", message: `the folder ${when} no record any more, so the snapshot is empty` });
}

function lineOf({ item, body }: FolderRecord): string {
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
