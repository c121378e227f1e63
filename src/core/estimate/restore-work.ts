import { scanPart } from "./diff-work.ts";
import {
  LOOK_UP_BATCH,
  PART_BYTES,
  READ_UNIT_BYTES,
  RESTORE_CHUNK,
  VERIFYING_SHARE,
  WRITE_BATCH,
  WRITE_UNIT_BYTES,
} from "./parameters.ts";
import { between, exactly, type Range, sumOf } from "./range.ts";
import { cpuOf, type Part, type Phase, s3Part, tablePart, unitsOfEach, type WorkOptions } from "./work.ts";

/** Under way in one process: writes on conditions, and batches where the table is new (src/core/restore/carry-out.ts). */
const WRITES_AT_ONCE = 32;
const BATCHES_AT_ONCE = 8;
/** Of the plan (src/core/restore/line-blocks.ts); in it an item is JSON, about so many times its size. */
const PLAN_BLOCK_BYTES = 256 * 1024;
const JSON_RATIO = 1.6;
/** Looked up at the same time. */
const LOOK_UPS_AT_ONCE = 2;

/**
 * A table restored from a dump: the source read, the table compared with it, what is absent written, all compared once more.
 * Alone a process scans the table for both; of many that share the work each looks up the records of its own part of the source.
 */
export function restoreWork(options: WorkOptions): Phase[] {
  const { state } = options.shares;
  return state ? shared(options) : alone(options);
}

function alone(options: WorkOptions): Phase[] {
  const { question, shares, costs } = options;
  const { table, drift, create, latencies } = question;
  const absent = Math.round(table.items * drift);
  const before = scanPart("table", { ...table, items: table.items - absent }, options);
  const after = scanPart("table", table, options);
  const readOnce: Phase = {
    parts: [...(create ? [] : [before]), ...sourceParts(options)],
    waitMs: create ? 0 : before.requests.likely * latencies.page,
    lanes: shares.lanes,
    cpu: { thread: cpuOf(table, costs.reading), beside: 0 },
  };
  const verifying: Phase = {
    parts: [after],
    waitMs: after.requests.likely * latencies.page,
    lanes: shares.lanes,
    cpu: { thread: cpuOf(table, costs.reading) * VERIFYING_SHARE, beside: 0 },
  };
  return [readOnce, writing(options, absent), verifying];
}

/** A worker does chunk after chunk: looks the records up, writes down what it is going to do, does it, and looks once more. */
function shared(options: WorkOptions): Phase[] {
  const { question, shares, costs } = options;
  const { table, drift, create, latencies } = question;
  const absent = Math.round(table.items * drift);
  const looked = (create ? 0 : table.items) + absent;
  const looks = Math.ceil(looked / LOOK_UP_BATCH);
  const { changes, bytes } = RESTORE_CHUNK;
  const chunks = Math.ceil(absent / Math.max(1, Math.min(changes, bytes / table.itemBytes)));
  const write = writing(options, absent);
  // Each record that is not there is paid for like one of 4 KB, and in the end it is there.
  const found = unitsOfEach(create ? absent : table.items, table.itemBytes, READ_UNIT_BYTES);
  const looking = tablePart("table", "BatchGetItem", {
    requests: between(looks, looks, looked),
    readUnits: sumOf([found, exactly(create ? 0 : absent)]),
  });
  const writingDown = s3Part("state", "PUT", "put", between(Math.min(1, chunks), chunks, absent));
  return [
    {
      parts: [looking, ...write.parts, writingDown, ...sourceParts(options)],
      waitMs:
        (looks / LOOK_UPS_AT_ONCE) * latencies.item +
        chunks * latencies.object +
        (write.waitMs * shares.processes) / write.lanes,
      lanes: shares.lanes,
      cpu: {
        thread: cpuOf({ ...table, items: Math.max(looked, table.items) }, costs.reading) + write.cpu.thread,
        beside: 0,
      },
    },
  ];
}

function writing({ question, shares, costs }: WorkOptions, absent: number): Phase {
  const { table, create, latencies } = question;
  const requests = create ? batches(absent, table.itemBytes) : exactly(absent);
  const part = tablePart("table", create ? "BatchWriteItem" : "PutItem", {
    requests,
    writeUnits: unitsOfEach(absent, table.itemBytes, WRITE_UNIT_BYTES),
  });
  return {
    parts: absent === 0 ? [] : [part],
    waitMs: requests.likely * latencies.item,
    lanes: shares.processes * (create ? BATCHES_AT_ONCE : WRITES_AT_ONCE),
    cpu: { thread: cpuOf({ ...table, items: absent }, create ? costs.filling : costs.writing), beside: 0 },
  };
}

/** The plan is read in blocks, of which each ends with a batch that is not full. */
function batches(items: number, itemBytes: number): Range {
  const lines = Math.max(1, Math.floor(PLAN_BLOCK_BYTES / (itemBytes * JSON_RATIO)));
  const likely = Math.ceil((items / lines) * Math.ceil(lines / WRITE_BATCH));
  return between(Math.ceil(items / WRITE_BATCH), likely, items);
}

/** Files are read in pieces, and each has a last one that is not full. */
function sourceParts({ question: { table, onS3, storedRatio }, shares }: WorkOptions): Part[] {
  if (!onS3) return [];
  const pieces = Math.ceil((table.items * table.itemBytes * storedRatio) / PART_BYTES);
  return [
    s3Part("backup", "GET", "get", between(1, pieces + shares.segments, 15 * pieces + shares.segments)),
  ];
}
