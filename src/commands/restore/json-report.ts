import { attributesObject } from "../../core/diff/report-lines.ts";
import { safeJson } from "../../core/item/human.ts";
import { writeCost } from "../../core/restore/prices.ts";
import type { RestoreEvent, RestoreReport } from "../../core/restore/restore-events.ts";
import { addRestore, NO_RESTORE } from "../../core/restore/restore-totals.ts";
import { writeUnits } from "./plan-text.ts";

const PROGRESS_EVERY_MS = 1_000;

/**
 * One JSON event a line (docs/events.md). What happens per page or request is added up into a `progress` event every second.
 * @param writePrice dollars for a million write units
 */
export function createJsonRestoreReport(write: (line: string) => void, writePrice: number): RestoreReport {
  let totals = NO_RESTORE;
  let timer: NodeJS.Timeout | undefined;
  const emit = (event: string, fields: object) =>
    write(`${safeJson({ event, time: new Date().toISOString(), ...fields })}\n`);

  return (event: RestoreEvent) => {
    totals = addRestore(totals, event);
    const { type, ...fields } = event;
    switch (event.type) {
      case "started": {
        const { at, until } = event;
        timer = setInterval(() => emit("progress", { totals }), PROGRESS_EVERY_MS);
        timer.unref();
        return emit(type, { ...fields, ...timeOf("at", at), ...timeOf("until", until) });
      }
      case "planned":
        return emit(type, {
          ...fields,
          cost: { dollars: writeCost(writeUnits(event.plan), writePrice), perMillion: writePrice },
        });
      case "discrepancy": {
        const { kind, key, attributes } = event.discrepancy;
        return emit(type, { kind, key, attributes: attributesObject(attributes) });
      }
      case "undone":
        return emit(type, event.undone);
      case "finished":
        clearInterval(timer);
        return emit(type, event.summary);
      case "phase":
      case "segment-started":
      case "segment-done":
      case "foreign":
      case "left":
      case "resumed":
      case "raced":
      case "warning":
        return emit(type, fields);
      case "added":
      case "read":
      case "answered":
      case "retried":
      case "written":
        return;
    }
  };
}

function timeOf(name: string, moment: number | undefined): object {
  return moment === undefined ? {} : { [name]: new Date(moment).toISOString() };
}
