import type { Side } from "../../core/diff/diff-events.ts";

/** More segments than this are drawn several to a bucket: no screen has more columns. */
const MOST_BUCKETS = 2048;

/** Items scanned so far in a segment that is being worked on. */
export type SegmentItems = Readonly<Record<Side, number>>;

/** How far each of the chosen segments is; immutable, bounded at any number of segments. */
export interface SegmentBoard {
  /** Place of a segment among the chosen, by its number. */
  places: ReadonlyMap<number, number> | "all";
  chosen: number;
  done: number;
  /** Segments done in each bucket of neighbouring places. */
  doneInBucket: Uint32Array;
  active: ReadonlyMap<number, SegmentItems>;
}

export function newBoard(segments: number, chosen: readonly number[]): SegmentBoard {
  const all = chosen.length === segments;
  return {
    places: all ? "all" : new Map(chosen.map((segment, place) => [segment, place])),
    chosen: chosen.length,
    done: 0,
    doneInBucket: new Uint32Array(Math.min(chosen.length, MOST_BUCKETS)),
    active: new Map(),
  };
}

export function startSegment(board: SegmentBoard, segment: number): SegmentBoard {
  return withActive(board, segment, { primary: 0, replica: 0 });
}

export function scanSegment(board: SegmentBoard, segment: number, side: Side, items: number): SegmentBoard {
  const scanned = board.active.get(segment) ?? { primary: 0, replica: 0 };
  return withActive(board, segment, { ...scanned, [side]: scanned[side] + items });
}

export function finishSegment(board: SegmentBoard, segment: number): SegmentBoard {
  const active = new Map(board.active);
  active.delete(segment);
  const doneInBucket = board.doneInBucket.slice();
  const bucket = bucketOf(board, segment);
  if (bucket !== undefined) doneInBucket[bucket]!++;
  return { ...board, done: board.done + 1, doneInBucket, active };
}

/** Place of a segment among the chosen; undefined for one that isn't. */
export function placeOf(board: SegmentBoard, segment: number): number | undefined {
  if (board.places !== "all") return board.places.get(segment);
  return segment >= 0 && segment < board.chosen ? segment : undefined;
}

/** Neighbours `[from, to)` of a bucket, as places. */
export function placesOfBucket(board: SegmentBoard, bucket: number): [from: number, to: number] {
  const buckets = board.doneInBucket.length;
  return [Math.ceil((bucket * board.chosen) / buckets), Math.ceil(((bucket + 1) * board.chosen) / buckets)];
}

function bucketOf(board: SegmentBoard, segment: number): number | undefined {
  const place = placeOf(board, segment);
  return place === undefined ? undefined : Math.floor((place * board.doneInBucket.length) / board.chosen);
}

function withActive(board: SegmentBoard, segment: number, items: SegmentItems): SegmentBoard {
  return { ...board, active: new Map(board.active).set(segment, items) };
}
