/** More segments than this are drawn several to a bucket: no screen has more columns. */
const MOST_BUCKETS = 2048;

/**
 * How far each of the chosen segments is; immutable, bounded at any number of segments.
 * `Work` is what is known of a segment that is being worked on.
 */
export interface SegmentBoard<Work> {
  /** Place of a segment among the chosen, by its number. */
  places: ReadonlyMap<number, number> | "all";
  chosen: number;
  done: number;
  /** Segments done in each bucket of neighbouring places. */
  doneInBucket: Uint32Array;
  active: ReadonlyMap<number, Work>;
}

export function newBoard<Work>(segments: number, chosen: readonly number[]): SegmentBoard<Work> {
  const all = chosen.length === segments;
  return {
    places: all ? "all" : new Map(chosen.map((segment, place) => [segment, place])),
    chosen: chosen.length,
    done: 0,
    doneInBucket: new Uint32Array(Math.min(chosen.length, MOST_BUCKETS)),
    active: new Map(),
  };
}

/** Puts down what is known by now of a segment that is being worked on. */
export function putWork<Work>(board: SegmentBoard<Work>, segment: number, work: Work): SegmentBoard<Work> {
  return { ...board, active: new Map(board.active).set(segment, work) };
}

/** Nobody works on the segment any more, though it isn't done. */
export function dropSegment<Work>(board: SegmentBoard<Work>, segment: number): SegmentBoard<Work> {
  const active = new Map(board.active);
  active.delete(segment);
  return { ...board, active };
}

export function finishSegment<Work>(board: SegmentBoard<Work>, segment: number): SegmentBoard<Work> {
  const doneInBucket = board.doneInBucket.slice();
  const bucket = bucketOf(board, segment);
  if (bucket !== undefined) doneInBucket[bucket]!++;
  return { ...dropSegment(board, segment), done: board.done + 1, doneInBucket };
}

/** Place of a segment among the chosen; undefined for one that isn't. */
export function placeOf(board: SegmentBoard<unknown>, segment: number): number | undefined {
  if (board.places !== "all") return board.places.get(segment);
  return segment >= 0 && segment < board.chosen ? segment : undefined;
}

/** Neighbours `[from, to)` of a bucket, as places. */
export function placesOfBucket(board: SegmentBoard<unknown>, bucket: number): [from: number, to: number] {
  const buckets = board.doneInBucket.length;
  return [Math.ceil((bucket * board.chosen) / buckets), Math.ceil(((bucket + 1) * board.chosen) / buckets)];
}

function bucketOf(board: SegmentBoard<unknown>, segment: number): number | undefined {
  const place = placeOf(board, segment);
  return place === undefined ? undefined : Math.floor((place * board.doneInBucket.length) / board.chosen);
}
