import { type Frame, outcomeWord } from "../state/frame.ts";
import type { Tone } from "../terminal/tones.ts";
import type { Heading } from "./title-line.ts";

/** What the title says of a comparison. */
export function diffHeading(title: string, { state }: Frame): Heading {
  const { primary, replica, summary } = state;
  const mode = modeOf(state);
  return {
    // Whole names matter more than the title, what the run may write more than whole names.
    heads: [`${title}${mode && " "}${mode}`, mode],
    ...(primary && replica && { names: { from: primary.name, to: replica.name } }),
    outcome: { word: outcomeWord(summary), tone: outcomeTone(summary?.outcome) },
  };
}

/** Whether the run writes; nothing for a plain check. */
function modeOf(state: Frame["state"]): string {
  const mode = state.mode === "check" ? "" : state.mode;
  return state.dryRun ? `${mode} dry run`.trim() : mode;
}

function outcomeTone(outcome: string | undefined): Tone {
  if (outcome === "clean") return "good";
  return outcome === "discrepancies" ? "strong" : "bad";
}
