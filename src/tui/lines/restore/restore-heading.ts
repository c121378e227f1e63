import { type RestoreFrame, restoreOutcome } from "../../state/restore/restore-frame.ts";
import type { Tone } from "../../terminal/tones.ts";
import type { Heading } from "../title-line.ts";

/** What the title says of a restore. */
export function restoreHeading(title: string, { state, question }: RestoreFrame): Heading {
  const { phase, mode, dryRun, source, table, summary } = state;
  const how = [mode, dryRun ? "dry run" : undefined].filter((word) => word !== undefined).join(" ");
  return {
    heads: [how === "" ? title : `${title} ${how}`, how],
    ...(phase !== "starting" && table !== undefined && { names: { from: source, to: table.name } }),
    // There is no time to go while somebody thinks.
    ...(question !== undefined && { endless: true as const }),
    outcome: { word: restoreOutcome(summary), tone: toneOf(summary?.outcome) },
  };
}

function toneOf(outcome: string | undefined): Tone {
  if (outcome === "restored" || outcome === "planned") return "good";
  return outcome === "discrepancies" ? "strong" : "bad";
}
