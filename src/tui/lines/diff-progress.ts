import type { Frame } from "../state/frame.ts";
import { segmentCounts } from "./progress-line.ts";

/** What a comparison says behind its progress bar, from the longest wording to the shortest. */
export function diffProgress({ state, activity }: Frame): string[] {
  const { board } = state;
  if (board.chosen === 0) return [];
  if (activity === "repairing") return ["repairing"];
  if (board.done >= board.chosen && activity !== "finished") {
    return [state.mode === "backfill" ? "finishing" : "confirming what differs", "finishing"];
  }
  return segmentCounts(board, state.segments);
}
