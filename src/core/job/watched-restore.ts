import type { RestoreEvent } from "../restore/restore-events.ts";
import { addRestore, NO_RESTORE, type RestoreTotals } from "../restore/restore-totals.ts";
import type { WatchedJob } from "./job-watch.ts";
import type { RestoreSegmentTotals } from "./restore-segment.ts";
import { TOLD } from "./stretch-figures.ts";

/** Restores: a record's totals are RestoreSegmentTotals, its parts events, a line each. */
export const WATCHED_RESTORE: WatchedJob<RestoreTotals, RestoreEvent> = {
  none: NO_RESTORE,
  totalsOf: ({ totals }) => (totals as RestoreSegmentTotals).figures,
  tells: () => true,
  eventsOf: (_, body) =>
    body
      .toString()
      .split("\n")
      .flatMap((line) => (line === "" ? [] : [eventOf(line)])),
  add: addRestore,
  added: (totals) => ({ type: "added", totals }),
  began: (segment) => ({ type: "segment-started", segment }),
  done: (segment) => ({ type: "segment-done", segment }),
};

function eventOf(line: string): RestoreEvent {
  const event = JSON.parse(line) as RestoreEvent;
  if (TOLD.has(event.type)) return event;
  throw new SyntaxError(`tells of ${event.type}`);
}
