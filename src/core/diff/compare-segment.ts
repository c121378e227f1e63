import { EventEmitter, once } from "node:events";
import type { KeySchema, WireItem, WireKey } from "../item/attribute-value.ts";
import type { Ignored } from "../item/canonical.ts";
import { digestOf } from "../item/digest.ts";
import { keyFromString, keyString } from "../item/key-string.ts";
import type { PauseGate } from "../pause-gate.ts";
import type { Candidate } from "./candidate.ts";
import type { DiffReport, Side } from "./diff-events.ts";
import { SegmentJoin, type WaitingItem } from "./segment-join.ts";
import type { Source } from "./source.ts";

/** BatchGetItem takes no more keys than this. */
const LOOK_UP_BATCH = 100;

/** Items passed over are looked up before the end, to be shown early, once they fill a batch worth its request. */
const EARLY_BATCH = 25;

/** A side is held back when it is this many pages ahead of the other. */
const LEAD_PAGES = 2;

export interface SegmentComparison {
  primary: Source;
  replica: Source;
  schema: KeySchema;
  ignored: Ignored | undefined;
  /** Look leftovers up with consistent reads. */
  consistent: boolean;
  /** Bound on what waits for a partner. */
  waitingBytes: number;
  gate: PauseGate;
  signal: AbortSignal;
  report: DiffReport;
  /** Takes what seems to differ; resolves when there is room for more. */
  suspect(candidates: Candidate[]): Promise<void>;
  /** Do only a part of the segment. */
  stretch?: DiffStretch | undefined;
}

/** How far the scan of a side has come: after which key it goes on, none at the beginning; or to the segment's end. */
export type ScanPosition = { after?: WireKey | undefined } | "end";
export type DiffPosition = Record<Side, ScanPosition>;

/** A part of a segment: what was found in it is complete, and the next begins where it ended. */
export interface DiffStretch {
  from: DiffPosition;
  /** Asked after each page: whether to end here. */
  enough(): boolean;
  /** Told where it ended. */
  reached(position: DiffPosition): void;
}

export const SEGMENT_START: DiffPosition = { primary: {}, replica: {} };
const WHOLE_SEGMENT: DiffStretch = { from: SEGMENT_START, enough: () => false, reached: () => {} };

/** Scans one segment of both sides, side by side, and passes on what seems to differ. */
export async function compareSegment(
  segment: number,
  segments: number,
  comparison: SegmentComparison,
): Promise<void> {
  const { schema, ignored, gate, report, suspect, stretch = WHOLE_SEGMENT } = comparison;
  const reached: DiffPosition = { ...stretch.from };
  const join = new SegmentJoin(ignored);
  const progress = new EventEmitter();
  const done: Record<Side, boolean> = { primary: false, replica: false };
  // One side's failure must not leave the other waiting for it.
  const failure = new AbortController();
  const signal = AbortSignal.any([comparison.signal, failure.signal]);

  async function scan(side: Side): Promise<void> {
    const other = otherSide(side);
    const from = stretch.from[side];
    try {
      if (from === "end") return;
      const page = ({ last }: { last: WireKey | undefined }) => {
        reached[side] = last === undefined ? "end" : { after: last };
      };
      const pages = comparison[side].scan(segment, segments, signal, { after: from.after, page });
      for await (const page of pages) {
        await suspect(arrivals(side, page));
        report({ type: "scanned", side, segment, items: page.length });
        for (const from of [side, other]) {
          await lookUpAll(() => join.takePassedOver(from, EARLY_BATCH, LOOK_UP_BATCH));
        }
        while (join.bytes > comparison.waitingBytes) {
          const fuller = join.waiting("primary") >= join.waiting("replica") ? "primary" : "replica";
          await lookUp(join.takeOldest(fuller, LOOK_UP_BATCH));
        }
        progress.emit("page");
        await gate.passed(signal);
        if (stretch.enough()) break;
        await held(side, page.length * LEAD_PAGES);
      }
    } catch (error) {
      failure.abort(error);
      throw error;
    } finally {
      done[side] = true;
      progress.emit("page");
    }
  }

  /** Waits while this side is further ahead than the other and the other may still catch up. */
  async function held(side: Side, allowed: number): Promise<void> {
    const other = otherSide(side);
    while (!done[other] && join.lead(side) > allowed && join.lead(side) > join.lead(other)) {
      await once(progress, "page", { signal });
    }
  }

  function arrivals(side: Side, page: WireItem[]): Candidate[] {
    const candidates: Candidate[] = [];
    join.beginPage(side);
    for (const item of page) {
      const key = keyString(item, schema);
      const arrival = join.arrive(side, key, item);
      if (typeof arrival === "object") candidates.push({ key, origin: "pair", sighting: arrival });
    }
    return candidates;
  }

  async function lookUpAll(take: () => WaitingItem[]): Promise<void> {
    for (let batch = take(); batch.length > 0; batch = take()) await lookUp(batch);
  }

  async function lookUp(items: WaitingItem[]): Promise<void> {
    const side = items[0]!.side;
    const other = otherSide(side);
    report({ type: "looked-up", side: other, keys: items.length });
    const keys = items.map(({ key }) => keyFromString(key, schema));
    const found = new Map<string, string>();
    for (const item of await comparison[other].read(keys, comparison.consistent, signal)) {
      found.set(keyString(item, schema), digestOf(item, ignored));
    }
    await suspect(items.flatMap((item) => lookedUp(item, found.get(item.key))));
  }

  await Promise.allSettled([scan("primary"), scan("replica")]);
  signal.throwIfAborted();
  if (reached.primary !== "end" || reached.replica !== "end") SIDES.forEach(rewind);
  for (const side of SIDES) {
    await lookUpAll(() => join.takeOldest(side, LOOK_UP_BATCH));
  }
  stretch.reached(reached);

  /** To read some items again is cheaper than to look up those whose partners are about to come. */
  function rewind(side: Side): void {
    const back = join.rewind(side);
    if (back === undefined) return;
    reached[side] = { after: keyFromString(back.after, schema) };
    report({ type: "scanned", side, segment, items: -back.items });
  }
}

const SIDES = ["primary", "replica"] as const;

/**
 * What a look-up makes of an item. Each record is answered for once: one that both sides have by the primary's
 * item, so a replica's item that the primary has as well is left to the primary's own scan.
 */
function lookedUp({ side, key, digest }: WaitingItem, partner: string | undefined): Candidate[] {
  if (side === "replica") {
    if (partner !== undefined) return [];
    return [{ key, origin: "replica", sighting: { primary: undefined, replica: digest } }];
  }
  if (partner === digest) return [];
  return [{ key, origin: "primary", sighting: { primary: digest, replica: partner } }];
}

function otherSide(side: Side): Side {
  return side === "primary" ? "replica" : "primary";
}
