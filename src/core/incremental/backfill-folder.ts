import pLimit from "p-limit";
import { inParallel } from "../in-parallel.ts";
import type { WireItem } from "../item/attribute-value.ts";
import { equalItems } from "../item/equal.ts";
import { eachSegment } from "../segments.ts";
import type { ObjectStore } from "../store/object-store.ts";
import type { Table } from "../table/table.ts";
import {
  observerOf,
  runTransfer,
  type TransferControls,
  type TransferRun,
} from "../transfer/run-transfer.ts";
import type { TransferSummary } from "../transfer/transfer-events.ts";
import { type BackfillCheckpoint, clearCheckpoint, segmentsOf } from "./backfill-checkpoint.ts";
import { CheckpointKeeper } from "./checkpoint-keeper.ts";
import { holdsOlderNames } from "./older-layout.ts";
import { isOf } from "./record-folder.ts";
import { olderRecordNames, readRecordBody, recordBody, recordName } from "./record-object.ts";

export interface BackfillOptions extends TransferControls {
  table: Table;
  /** Opened at the folder that holds a folder for each table. */
  store: ObjectStore;
  segments: number;
  /** Segments done at the same time. */
  concurrency: number;
  /** Requests to the store at the same time. */
  writes: number;
  /** Write only records that are absent or differ, at the price of reading each first. */
  onlyMissing: boolean;
  /** Where an interrupted run goes on. */
  resumed: BackfillCheckpoint | undefined;
  consistent: boolean;
}

/** Writes every item of a table as one object under `<table>/`. A page counts as done when all of it is durable. */
export async function backfillFolder(options: BackfillOptions): Promise<TransferSummary> {
  const { table, store, segments, resumed } = options;
  const { description } = table;
  const done = segmentsOf(resumed?.done ?? []);
  const chosen = Array.from({ length: segments }, (_, segment) => segment);
  const plan = {
    job: "backfill" as const,
    source: description.name,
    destination: `${store.location.text}/${table.location.name}/`,
    schema: description.schema,
    segments,
    chosen,
    estimate: {
      items: description.items,
      bytes: description.bytes,
      readUnits: Math.ceil(
        ((description.bytes / 4096) * (options.consistent ? 1 : 0.5) * (segments - done.size)) / segments,
      ),
    },
    wrote: `${store.location.text}/${table.location.name}/`,
  };
  return await runTransfer(plan, options, async (run) => {
    table.observe(observerOf("source", run.report));
    store.observe(observerOf("destination", run.report));
    const { arn, createdAt } = table;
    const begun = { format: "ddbr-backfill", version: 1, table: arn, createdAt, segments } as const;
    const checkpoint = new CheckpointKeeper(store, table.location.name, begun, done);
    for (const segment of done)
      run.report({ type: "segment-kept", segment, items: 0, rawBytes: 0, storedBytes: 0 });
    await checkpoint.save(run.signal);
    const onlyMissing = options.onlyMissing || (await findsOlderNames(run, options));
    await fillSegments(run, { ...options, onlyMissing }, checkpoint);
    if (run.signal.aborted) await checkpoint.saveLast();
    else await clearCheckpoint(store, table.location.name, run.signal);
  });
}

/** A record that is there under an older name would be there twice, if it were not looked for first. */
async function findsOlderNames(run: TransferRun, { table, store }: BackfillOptions): Promise<boolean> {
  const { schema } = table.description;
  if (!(await holdsOlderNames(store, table.location.name, schema, run.signal))) return false;
  const message =
    "the folder has records under older names: each record is looked for first, as with --only-missing";
  run.report({ type: "warning", message });
  return true;
}

async function fillSegments(
  run: TransferRun,
  options: BackfillOptions,
  checkpoint: CheckpointKeeper,
): Promise<void> {
  const { table, store, segments, concurrency } = options;
  const chosen = run.chosen.filter((segment) => !checkpoint.done.has(segment));
  const folder = table.location.name;
  const { schema } = table.description;
  /** Holds for all segments together. */
  const limit = pLimit(options.writes);

  await eachSegment({ ...run, chosen, concurrency }, async (segment) => {
    for await (const page of table.scan(segment, segments, run.signal)) {
      run.report({ type: "read", segment, items: page.length });
      await writePage(segment, page);
    }
    run.signal.throwIfAborted();
    await checkpoint.add(segment, run.signal);
  });

  async function writePage(segment: number, page: WireItem[]): Promise<void> {
    let written = 0;
    let kept = 0;
    let bytes = 0;
    let requests = 0;
    const tell = () => {
      if (written > 0)
        run.report({ type: "written", segment, items: written, rawBytes: bytes, storedBytes: bytes });
      if (kept > 0) run.report({ type: "kept", segment, items: kept });
      written = kept = bytes = 0;
      run.inFlight(segment, requests);
    };
    const write = async (item: WireItem) => {
      await run.gate.passed(run.signal);
      run.signal.throwIfAborted();
      requests++;
      const name = options.onlyMissing ? await nameToWrite(item) : recordName(item, schema);
      if (name === undefined) {
        kept++;
      } else {
        const body = recordBody(item);
        await store.put(`${folder}/${name}`, body, {}, run.signal);
        written++;
        bytes += Buffer.byteLength(body);
      }
      requests--;
      if (written + kept >= TOLD_AT_ONCE) tell();
    };
    try {
      await inParallel(page, options.writes, (item) => limit(write, item));
    } finally {
      requests = 0;
      tell();
    }
  }

  /** The record's name, or the older one that it is found under; undefined when it is there as it should be. */
  async function nameToWrite(item: WireItem): Promise<string | undefined> {
    const name = recordName(item, schema);
    for (const known of [name, ...olderRecordNames(item, schema)]) {
      const object = await store.get(`${folder}/${known}`, undefined, run.signal);
      const stored = object === undefined ? undefined : readRecordBody(object.body);
      if (typeof stored === "object" && isOf(stored, item, schema)) {
        return equalItems(stored, item) ? undefined : known;
      }
      // Whatever else has the record's own name makes way for it.
      if (object !== undefined && known === name) return name;
    }
    return name;
  }
}

/** Often enough for a smooth display, seldom enough to cost nothing. */
const TOLD_AT_ONCE = 50;
