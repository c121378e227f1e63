import type { KnownVersion, RecordVersions } from "./record-versions.ts";

/**
 * How far the clock of who stores versions may be behind that of the table, whose events would then seem to be stored before they
 * happened.
 */
const CLOCKS_MS = 60_000;
/** A stream keeps its records for a day: what is stored later after a moment is of later. */
const LATEST_MS = 25 * 3_600_000;
/** Streams, and some stores, round times down to the second. */
const ROUNDED_MS = 999;
/** So many versions are looked at together. */
const BLOCK = 100;

/** Milliseconds since 1970. The events of the window come after `from`, and not after `to`. */
export interface TimeWindow {
  from: number;
  to: number;
}

/** Whether a version comes of a change of the table. Those of which nothing is recorded were put by a backfill or a repair, or by hand. */
export function isEvent({ recorded }: KnownVersion): boolean {
  return recorded.sequence !== undefined || recorded.event !== undefined || recorded.at !== undefined;
}

/** When the event happened; where nothing is recorded, when the version was stored. */
export function happenedAt({ recorded, version }: KnownVersion): number {
  return recorded.at ?? version.modified;
}

/** What counted at a moment, of versions in the order of events. */
export function countingAt(known: readonly KnownVersion[], at: number): KnownVersion | undefined {
  return known.find((version) => happenedAt(version) <= at);
}

/** By the times of storing alone: whether one of a record's versions may come of an event of the window. */
export function mayHoldEvents(versions: readonly { modified: number }[], window: TimeWindow): boolean {
  const { start, end } = storedAround(versions, window);
  return end > start;
}

/** The versions that may come of an event of the window, or of one before it that was stored late: from `start` up to, not including, `end`. */
function storedAround(
  versions: readonly { modified: number }[],
  { from, to }: TimeWindow,
): { start: number; end: number } {
  const firstBefore = (moment: number) => {
    const index = versions.findIndex(({ modified }) => modified <= moment);
    return index < 0 ? versions.length : index;
  };
  return { start: firstBefore(to + LATEST_MS), end: firstBefore(from - CLOCKS_MS) };
}

/**
 * Looks at the versions stored around a window, the oldest first, until it has seen an event after the window's beginning. Versions are stored
 * in the order of their events, but for those that were given up on and replayed later, or delivered twice: of a record with up to a
 * hundred versions since then all are seen, and of one that is written all the time those till then.
 */
export async function lookAround(
  versions: RecordVersions,
  window: TimeWindow,
  signal: AbortSignal,
): Promise<void> {
  const { start, end } = storedAround(versions.all, window);
  for (let last = end; last > start; last -= BLOCK) {
    await versions.look(Math.max(start, last - BLOCK), last, signal);
    if (versions.known().some((one) => isEvent(one) && happenedAt(one) > window.from)) return;
  }
}

/** Looks at what is stored before the window, until it is certain what counted at the beginning. */
export async function lookBefore(
  versions: RecordVersions,
  window: TimeWindow,
  signal: AbortSignal,
): Promise<void> {
  const { end } = storedAround(versions.all, window);
  for (let index = end; index < versions.all.length; index++) {
    if (isStoredBefore(versions, index, countingAt(versions.known(), window.from))) return;
    await versions.read(index, signal);
  }
}

/** Looks at the newest versions, until it is certain which event is the last, and what counts now. */
export async function lookAtNewest(versions: RecordVersions, signal: AbortSignal): Promise<void> {
  for (let index = 0; index < versions.all.length; index++) {
    if (index > 0 && isStoredBefore(versions, index, versions.known().find(isEvent))) return;
    await versions.look(index, index + 1, signal);
  }
}

/** Whether a version, and all under it, were stored before a known one happened: then they come of earlier events. */
function isStoredBefore(versions: RecordVersions, index: number, known: KnownVersion | undefined): boolean {
  return known !== undefined && versions.all[index]!.modified < happenedAt(known) - ROUNDED_MS;
}
