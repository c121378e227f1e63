import type { RestorePhase } from "../../../core/restore/restore-events.ts";
import { join, type Line, span } from "../../format/spans.ts";
import type { RestoreState } from "../../state/restore/restore-state.ts";
import type { Canvas } from "../../terminal/canvas.ts";

const STEPS = ["read", "plan", "write", "verify"] as const;
const STEP_OF: Record<RestorePhase, number> = {
  reading: 0,
  planning: 1,
  asking: 1,
  writing: 2,
  verifying: 3,
  // All steps at a time: the run is over when it is written and verified.
  sharing: 2,
};

/** `read ✓  plan ✓  write ▸  verify` */
export function stepsLine({ phase, lastPhase, summary, dryRun }: RestoreState, { glyphs }: Canvas): Line {
  const at = lastPhase === undefined ? -1 : STEP_OF[lastPhase];
  const steps = dryRun ? STEPS.slice(0, 2) : STEPS;
  const succeeded = summary?.outcome === "restored" || summary?.outcome === "planned";
  const parts = steps.map((step, index): Line => {
    if (succeeded || index < at) return [span(`${step} `), span(glyphs.done, "good")];
    if (index > at) return [span(step, "dim")];
    if (phase !== "finished") return [span(`${step} `, "strong"), span(glyphs.pointer, "accent")];
    // What others wrote meanwhile is no failure of verifying, which went on to its end.
    if (summary?.outcome === "discrepancies") return [span(`${step} `), span(glyphs.done, "warn")];
    return [span(`${step} `, "strong"), span(glyphs.failed, "bad")];
  });
  return [span(" "), ...join(parts, "   ")];
}
