import type { HistoryView } from "./history-view.ts";
import { dayText, momentText, timeText } from "./moment.ts";
import type { Timeline } from "./timeline.ts";

/** A side of a comparison: a version, the table's present item, or that there was none. */
export type Compared = { version: number } | "table" | "nothing";

export interface Comparison {
  before: Compared;
  after: Compared;
  /** What is compared with what, in words. */
  caption: string;
}

/** What the change view and the table view compare; undefined for a view that compares nothing. */
export function comparisonOf(
  { selected, marked, tab }: HistoryView,
  timeline: Timeline,
): Comparison | undefined {
  if (tab === "whole") return undefined;
  if (tab === "table") {
    return {
      before: { version: selected },
      after: "table",
      caption: "from then to the table's item now",
    };
  }
  if (marked !== undefined && marked !== selected) return withMarked(selected, marked, timeline);
  const older = timeline.olderThan(selected);
  if (older === undefined) {
    return { before: "nothing", after: { version: selected }, caption: "nothing before it is kept" };
  }
  const caption = `from the one before, ${momentBeside(older, selected, timeline)}`;
  return { before: { version: older }, after: { version: selected }, caption };
}

/** Whichever is older comes first: what is shown is what has become of it. */
function withMarked(selected: number, marked: number, timeline: Timeline): Comparison {
  const markedIsOlder = timeline.positionOf(marked) > timeline.positionOf(selected);
  const [before, after] = markedIsOlder ? [marked, selected] : [selected, marked];
  const moment = momentBeside(marked, selected, timeline);
  const caption = markedIsOlder ? `from the marked one, ${moment}` : `to the marked one, ${moment}`;
  return { before: { version: before }, after: { version: after }, caption };
}

export function momentOf(version: number, timeline: Timeline): string {
  const { at, exact } = timeline.time(version);
  return momentText(at, exact);
}

/** Without the day where that is the other's as well. */
function momentBeside(version: number, other: number, timeline: Timeline): string {
  const { at, exact } = timeline.time(version);
  return dayText(at) === dayText(timeline.time(other).at) ? timeText(at, exact) : momentText(at, exact);
}
