import { setTimeout as sleep } from "node:timers/promises";
import type { ReadFrom, StreamSource } from "../../follow/stream-source.ts";
import { compareSequences } from "../../stream/sequence.ts";
import { readStreamRecord, type StreamRecord, type UnreadableRecord } from "../../stream/stream-record.ts";
import type { FailedBatch } from "./failed-batch.ts";

/** A stream may answer with nothing though there is more. */
const MOST_EMPTY_PAGES = 100;
const PAUSE_MS = 200;

/** The records of a batch, in order; `lost` when the stream holds not all of them any more. */
export async function readFailedRecords(
  source: StreamSource,
  { shard, start, end }: FailedBatch,
  signal: AbortSignal,
): Promise<(StreamRecord | UnreadableRecord)[] | "lost"> {
  const records: (StreamRecord | UnreadableRecord)[] = [];
  let from: ReadFrom | undefined = { at: start };
  while (from !== undefined) {
    const begun = await source.iterator(shard, from, signal);
    if (typeof begun === "string") return "lost";
    from = undefined;
    let iterator: string | undefined = begun.iterator;
    for (let empty = 0; iterator !== undefined && empty < MOST_EMPTY_PAGES; ) {
      const page = await source.read(iterator, signal);
      if (page === "trimmed" || page === "gone") return "lost";
      if (page === "expired") {
        from = records.length === 0 ? { at: start } : { after: records.at(-1)!.sequence };
        break;
      }
      for (const value of page.records) {
        const record = readStreamRecord(value);
        if (compareSequences(record.sequence, end) <= 0) records.push(record);
        if (compareSequences(record.sequence, end) >= 0) return isWhole(records, start) ? records : "lost";
      }
      iterator = page.next;
      if (page.records.length === 0) {
        empty++;
        if (iterator !== undefined) await sleep(PAUSE_MS, undefined, { signal });
      } else empty = 0;
    }
  }
  return "lost";
}

function isWhole(records: (StreamRecord | UnreadableRecord)[], start: string): boolean {
  return records[0] !== undefined && compareSequences(records[0].sequence, start) === 0;
}
