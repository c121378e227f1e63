import { keyOf } from "../item/attribute-value.ts";
import { eachSegment } from "../segments.ts";
import type { ScanPosition } from "./compare-segment.ts";
import type { DiffOptions } from "./diff-tables.ts";
import { imageToWrite } from "./repair.ts";
import type { DiffRun } from "./run-diff.ts";

/** BatchWriteItem takes no more items than this. */
const WRITE_BATCH = 25;
const WRITES_AT_ONCE = 4;

/** Writes every item of the primary to the replica; a page counts as done only when all of it is written. */
export async function backfill(run: DiffRun, { primary, replica, stretch }: DiffOptions): Promise<number> {
  const { segments, ignored, signal, gate, dryRun, report } = run;
  const { schema } = primary.description;
  const from = stretch?.from.primary ?? {};
  if (from === "end") return 0;
  await eachSegment(run, async (segment) => {
    let reached: ScanPosition = from;
    const pages = primary.scan(segment, segments, signal, {
      after: from.after,
      page({ last }) {
        reached = last === undefined ? "end" : { after: last };
      },
    });
    for await (const page of pages) {
      const batches = chunk(page, WRITE_BATCH);
      const writers = Array.from({ length: WRITES_AT_ONCE }, async () => {
        for (let batch = batches.shift(); batch !== undefined; batch = batches.shift()) {
          await gate.passed(signal);
          const items = batch.map((item) => imageToWrite(item, undefined, ignored));
          if (!dryRun) await replica.write(items, signal);
          report({ type: "backfilled", keys: items.map((item) => keyOf(item, schema)) });
          report({ type: "scanned", side: "primary", segment, items: items.length });
        }
      });
      const failed = (await Promise.allSettled(writers)).find(({ status }) => status === "rejected");
      if (failed !== undefined) throw (failed as PromiseRejectedResult).reason;
      if (stretch?.enough()) break;
    }
    stretch?.reached({ primary: reached, replica: "end" });
  });
  return 0;
}

function chunk<Element>(list: readonly Element[], size: number): Element[][] {
  const chunks: Element[][] = [];
  for (let start = 0; start < list.length; start += size) chunks.push(list.slice(start, start + size));
  return chunks;
}
