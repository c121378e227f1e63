import type { TransferEvent } from "../../../core/transfer/transfer-events.ts";

/** What has been done in one segment. */
export interface SegmentWork {
  read: number;
  written: number;
  /** Already there and equal. */
  kept: number;
  rawBytes: number;
  storedBytes: number;
}

export const NO_WORK: SegmentWork = { read: 0, written: 0, kept: 0, rawBytes: 0, storedBytes: 0 };

/** Adds what an event says was done in its segment. */
export function addWork(
  work: SegmentWork,
  event: Extract<TransferEvent, { type: "read" | "written" | "kept" | "segment-kept" }>,
): SegmentWork {
  switch (event.type) {
    case "read":
      return { ...work, read: work.read + event.items };
    case "written":
      return {
        ...work,
        written: work.written + event.items,
        rawBytes: work.rawBytes + event.rawBytes,
        storedBytes: work.storedBytes + event.storedBytes,
      };
    case "kept":
      return { ...work, kept: work.kept + event.items };
    case "segment-kept":
      return { ...NO_WORK, kept: event.items, rawBytes: event.rawBytes, storedBytes: event.storedBytes };
  }
}

/** Items that need nothing more. */
export function settledItems({ written, kept }: Pick<SegmentWork, "written" | "kept">): number {
  return written + kept;
}
