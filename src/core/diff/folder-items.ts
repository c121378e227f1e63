import { inParallel } from "../in-parallel.ts";
import type { WireKey } from "../item/attribute-value.ts";
import { equalItems } from "../item/equal.ts";
import { keyString } from "../item/key-string.ts";
import { eachSegment } from "../segments.ts";
import type { Candidate } from "./candidate.ts";
import type { FolderDiffOptions } from "./compare-folder.ts";
import type { ScanPosition } from "./compare-segment.ts";
import type { Confirmer } from "./confirmer.ts";
import type { DiffRun } from "./run-diff.ts";

/** A part of a segment: what was found in it is complete, and the next begins where it ended. */
export interface ItemsStretch {
  /** After which key the scan goes on; undefined: from the segment's beginning. */
  after: WireKey | undefined;
  /** Told of each object that an item has led to, by its name. */
  seen(name: string): void;
  /** Asked after each page: whether to end here. */
  enough(): boolean;
  /** Told after each page how far the scan has come. */
  reached(position: ScanPosition): void;
}

/** Reads for each item of the table its object, and takes those that are not equal for candidates. @param seen see ItemsStretch */
export async function compareItems(
  run: DiffRun,
  { primary, replica, segments, concurrency, reads }: FolderDiffOptions,
  confirmer: Confirmer,
  seen: (name: string) => void,
  stretch?: ItemsStretch,
): Promise<void> {
  const { schema } = primary.description;
  const { signal, report, ignored } = run;
  const readsEach = Math.max(1, Math.floor(reads / Math.min(concurrency, segments)));
  await eachSegment(run, async (segment) => {
    let position: ScanPosition = "end";
    const page = ({ last }: { last: WireKey | undefined }) => {
      position = last === undefined ? "end" : { after: last };
    };
    for await (const items of primary.scan(segment, segments, signal, { after: stretch?.after, page })) {
      const candidates: Candidate[] = [];
      let found = 0;
      await inParallel(items, readsEach, async (item) => {
        await run.gate.passed(signal);
        const record = await replica.find(item, signal);
        if (record === undefined) {
          candidates.push({ key: keyString(item, schema), origin: "primary" });
          return;
        }
        found++;
        seen(record.name);
        if (!equalItems(item, record.item, ignored)) {
          candidates.push({ key: keyString(item, schema), origin: "pair" });
        }
      });
      report({ type: "scanned", side: "primary", segment, items: items.length });
      report({ type: "scanned", side: "replica", segment, items: found });
      await confirmer.add(candidates);
      stretch?.reached(position);
      if (stretch?.enough()) break;
    }
  });
}
