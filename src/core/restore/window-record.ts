import {
  countingAt,
  happenedAt,
  isEvent,
  lookAround,
  lookAtNewest,
  lookBefore,
  type TimeWindow,
} from "../history/events-around.ts";
import type { KnownVersion, RecordVersions } from "../history/record-versions.ts";
import type { WireItem } from "../item/attribute-value.ts";
import { equalItems } from "../item/equal.ts";

/** What a record was, or why that cannot be told (one line). No item: it was absent. */
export type WindowImage = (
  | { item: WireItem | undefined; problem?: undefined }
  | { problem: string; item?: undefined }
) & {
  /** The version that tells it; absent where that is the first insertion, before which there was nothing. */
  told?: KnownVersion;
};

/** A record that changed in a window, as its folder knows it. */
export interface WindowRecord {
  /** At the window's beginning. */
  then: WindowImage;
  /** The last that the folder has seen. */
  newest: WindowImage;
  /** Whether it was changed after the window, too. */
  changedSince: boolean;
}

/** - `unchanged` in the window · `untold`: versions were stored in it, of which is not known what event they come from */
export type NoWindowRecord = "unchanged" | "untold";

/**
 * Whether a record changed in a window, and what it was before and is now. A change is an event of the table's stream that is recorded
 * with a version; its time is the event's. What a backfill or a repair has put is none: it tells what the table held when
 * it was stored, and not when that came about.
 */
export async function readWindow(
  versions: RecordVersions,
  window: TimeWindow,
  signal: AbortSignal,
): Promise<WindowRecord | NoWindowRecord> {
  const isWithin = (time: number) => time > window.from && time <= window.to;
  await lookAround(versions, window, signal);
  const seen = versions.known();
  if (!seen.some((one) => isEvent(one) && isWithin(happenedAt(one)))) {
    return seen.some((one) => !isEvent(one) && isWithin(happenedAt(one))) ? "untold" : "unchanged";
  }
  await lookBefore(versions, window, signal);
  await lookAtNewest(versions, signal);
  const then = await imageAt(versions, window.from, signal);
  const known = versions.known();
  const newest = await imageOf(versions, known[0]!, signal);
  return { then, newest, changedSince: await isChangedSince() };

  async function isChangedSince(): Promise<boolean> {
    if (known.some((one) => isEvent(one) && happenedAt(one) > window.to)) return true;
    // Put by a repair: the folder has missed a change, and nobody knows when that was.
    if (isEvent(known[0]!) || happenedAt(known[0]!) <= window.to) return false;
    const last = await imageOf(versions, known.find(isEvent)!, signal);
    return last.problem !== undefined || newest.problem !== undefined || !equalItems(last.item, newest.item);
  }
}

/**
 * What a record was at a moment.
 * @param versions looked at around that moment and before it
 */
export async function imageAt(
  versions: RecordVersions,
  at: number,
  signal: AbortSignal,
): Promise<WindowImage> {
  const known = versions.known();
  const counting = countingAt(known, at);
  if (counting !== undefined) return await imageOf(versions, counting, signal);
  // Only an insertion tells that nothing was there before. Where a backfill, or the stream's beginning, came first there may have been something.
  if (known.at(-1)?.recorded.event === "INSERT") return { item: undefined };
  return {
    problem: `the folder does not say what it was at ${new Date(at).toISOString()}: it knows it only since later`,
  };
}

async function imageOf(
  versions: RecordVersions,
  told: KnownVersion,
  signal: AbortSignal,
): Promise<WindowImage> {
  const { item, problem } = await versions.read(told.index, signal);
  if (problem === undefined) return { item, told };
  const time = new Date(happenedAt(told)).toISOString();
  return { problem: `its version of ${time} cannot be read: ${problem}`, told };
}
