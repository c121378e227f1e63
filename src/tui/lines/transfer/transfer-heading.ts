import { outcomeOf, type TransferFrame } from "../../state/transfer/transfer-frame.ts";
import type { Tone } from "../../terminal/tones.ts";
import { segmentCounts } from "../progress-line.ts";
import type { Heading } from "../title-line.ts";

/** What the title says of a transfer. */
export function transferHeading(title: string, { state }: TransferFrame): Heading {
  const { phase, job, source, destination, summary } = state;
  const tone: Tone = summary?.outcome === "complete" ? "good" : "bad";
  return {
    heads: [title, job],
    ...(phase !== "starting" && { names: { from: source, to: destination } }),
    outcome: { word: outcomeOf(summary), tone },
  };
}

/** What is said behind the progress bar, from the longest wording to the shortest. */
export function transferProgress({ state, activity }: TransferFrame): string[] {
  const { board, job, segments, expected } = state;
  if (board.chosen === 0) return [];
  if (board.done >= board.chosen && activity !== "finished") return ["finishing"];
  if (job !== "snapshot") return segmentCounts(board, segments);
  return expected.items === 0 && activity !== "finished" ? ["listing the folder", "listing"] : [];
}
