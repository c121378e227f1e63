import { DdbrError } from "../errors.ts";
import { getJson } from "../store/json-object.ts";
import type { ObjectStore } from "../store/object-store.ts";

/** Which segments of a backfill are done; there while one is under way or was interrupted. */
export interface BackfillCheckpoint {
  format: "ddbr-backfill";
  version: 1;
  /** The table's ARN and time of creation in milliseconds, which tell it from another of the same name. */
  table: string;
  createdAt: number;
  segments: number;
  /** Ascending ranges of the segments that are done: the first and the last of each. */
  done: [first: number, last: number][];
}

const nameFor = (table: string) => `${table}.backfill.json`;

/** Whether there is one, whatever it holds. @param table the table's name */
export async function hasCheckpoint(
  store: ObjectStore,
  table: string,
  signal: AbortSignal,
): Promise<boolean> {
  return (await store.get(nameFor(table), undefined, signal)) !== undefined;
}

/**
 * Whether there was one at a moment, or as far as the versions tell the first came only later: then the folder was not filled yet.
 * @param at milliseconds since 1970
 */
export async function wasCheckpointed(
  store: ObjectStore,
  table: string,
  at: number,
  signal: AbortSignal,
): Promise<boolean> {
  for await (const versions of store.versions({ key: nameFor(table) }, signal)) {
    const then = versions.find(({ modified }) => modified <= at);
    return then === undefined ? versions.length > 0 : !then.deleted;
  }
  return false;
}

/** @param table the table's name. @throws DdbrError `damaged` */
export async function getCheckpoint(
  store: ObjectStore,
  table: string,
  signal: AbortSignal,
): Promise<BackfillCheckpoint | undefined> {
  const value = await getJson(store, nameFor(table), signal).catch((error) => {
    if (error instanceof DdbrError && error.code === "damaged") return null;
    throw error;
  });
  if (value === undefined || isCheckpoint(value)) return value;
  throw new DdbrError("damaged", "is no record of a backfill's progress", {
    subject: `${store.location.text}/${nameFor(table)}`,
    hint: "start without --resume",
  });
}

function isCheckpoint(value: unknown): value is BackfillCheckpoint {
  if (typeof value !== "object" || value === null) return false;
  const { format, version, table, createdAt, segments, done } = value as Partial<BackfillCheckpoint>;
  return (
    format === "ddbr-backfill" &&
    version === 1 &&
    typeof table === "string" &&
    typeof createdAt === "number" &&
    Number.isInteger(segments) &&
    Array.isArray(done) &&
    done.every((range) => isRange(range, segments!))
  );
}

function isRange(range: unknown, segments: number): boolean {
  if (!Array.isArray(range) || range.length !== 2 || !range.every(Number.isInteger)) return false;
  const [first, last] = range;
  return first >= 0 && first <= last && last < segments;
}

/** The segments in ranges. */
export function segmentsOf(ranges: BackfillCheckpoint["done"]): Set<number> {
  const segments = new Set<number>();
  for (const [first, last] of ranges) {
    for (let segment = first; segment <= last; segment++) segments.add(segment);
  }
  return segments;
}

/** Segments in ranges, so that a checkpoint stays small however many there are. */
export function rangesOf(segments: Iterable<number>): BackfillCheckpoint["done"] {
  const ranges: BackfillCheckpoint["done"] = [];
  for (const segment of [...segments].sort((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last !== undefined && last[1] === segment - 1) last[1] = segment;
    else ranges.push([segment, segment]);
  }
  return ranges;
}

export async function putCheckpoint(
  store: ObjectStore,
  table: string,
  checkpoint: BackfillCheckpoint,
  signal: AbortSignal,
): Promise<void> {
  await store.put(nameFor(table), JSON.stringify(checkpoint), {}, signal);
}

export async function clearCheckpoint(store: ObjectStore, table: string, signal: AbortSignal): Promise<void> {
  await store.delete(nameFor(table), {}, signal);
}
