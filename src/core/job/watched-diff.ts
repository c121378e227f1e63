import type { DiffEvent } from "../diff/diff-events.ts";
import { addToTotals, type DiffTotals, NO_TOTALS } from "../diff/diff-totals.ts";
import { eventOfLine } from "../diff/report-lines.ts";
import type { WatchedJob } from "./job-watch.ts";

/** Comparisons: a record's totals are DiffTotals, its parts lines of the report. */
export const WATCHED_DIFF: WatchedJob<DiffTotals, DiffEvent> = {
  none: NO_TOTALS,
  totalsOf: ({ totals }) => totals as DiffTotals,
  tells: (name) => name.endsWith(".ndjson"),
  eventsOf: (_, body) =>
    body
      .toString()
      .split("\n")
      .flatMap((line) => (line === "" ? [] : (eventOfLine(line) ?? []))),
  add: addToTotals,
  added: (totals) => ({ type: "added", totals }),
  began: (segment) => ({ type: "segment-started", segment }),
  done: (segment) => ({ type: "segment-done", segment }),
};
