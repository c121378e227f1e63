import type { DiffEvent, DiffReport } from "../../core/diff/diff-events.ts";
import { addToTotals, type DiffTotals, NO_TOTALS } from "../../core/diff/diff-totals.ts";
import { attributesObject } from "../../core/diff/report-lines.ts";
import { safeJson } from "../../core/item/human.ts";

const PROGRESS_EVERY_MS = 1_000;

/**
 * One JSON event a line (docs/events.md). What happens per page or request is added up into a `progress`
 * event every second.
 */
export function createJsonReport(write: (line: string) => void): DiffReport {
  let totals: DiffTotals = NO_TOTALS;
  let timer: NodeJS.Timeout | undefined;
  const emit = (event: string, fields: object) =>
    write(`${safeJson({ event, time: new Date().toISOString(), ...fields })}\n`);

  return (event: DiffEvent) => {
    totals = addToTotals(totals, event);
    switch (event.type) {
      case "started": {
        const { type, ...fields } = event;
        totals = NO_TOTALS;
        timer = setInterval(() => emit("progress", { totals }), PROGRESS_EVERY_MS);
        timer.unref();
        return emit(type, fields);
      }
      case "discrepancy": {
        const { kind, key, attributes } = event.discrepancy;
        return emit("discrepancy", { kind, key, attributes: attributesObject(attributes) });
      }
      case "undone":
        return emit("undone", event.undone);
      case "finished":
        clearInterval(timer);
        return emit("finished", event.summary);
      case "segment-started":
      case "segment-done":
      case "repaired":
      case "race-lost":
      case "foreign":
      case "duplicate":
      case "duplicate-deleted":
      case "backfilled": {
        const { type, ...fields } = event;
        return emit(type, fields);
      }
      case "added":
      case "scanned":
      case "answered":
      case "retried":
      case "looked-up":
      case "in-flight":
        return;
    }
  };
}
