import { safeJson } from "../../core/item/human.ts";
import type { TransferEvent, TransferReport } from "../../core/transfer/transfer-events.ts";
import { addTransfer, NO_TRANSFER } from "../../core/transfer/transfer-totals.ts";

const PROGRESS_EVERY_MS = 1_000;

/** One JSON event a line (docs/events.md). What happens per page or request is added up into a `progress` event every second. */
export function createJsonTransferReport(write: (line: string) => void): TransferReport {
  let totals = NO_TRANSFER;
  let timer: NodeJS.Timeout | undefined;
  const emit = (event: string, fields: object) =>
    write(`${safeJson({ event, time: new Date().toISOString(), ...fields })}\n`);

  return (event: TransferEvent) => {
    totals = addTransfer(totals, event);
    const { type, ...fields } = event;
    switch (event.type) {
      case "started":
        timer = setInterval(() => emit("progress", { totals }), PROGRESS_EVERY_MS);
        timer.unref();
        return emit(type, fields);
      case "undone":
        return emit(type, event.undone);
      case "finished":
        clearInterval(timer);
        return emit(type, event.summary);
      case "segment-started":
      case "segment-done":
      case "segment-kept":
      case "estimated":
      case "foreign":
      case "warning":
        return emit(type, fields);
      case "added":
      case "listed":
      case "read":
      case "written":
      case "kept":
      case "answered":
      case "retried":
      case "in-flight":
        return;
    }
  };
}
