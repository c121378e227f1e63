import type { LeftReason } from "../../../core/restore/restore-events.ts";
import { exactCount } from "../../format/numbers.ts";
import { type Line, span } from "../../format/spans.ts";
import type { RestoreState } from "../../state/restore/restore-state.ts";
import type { Canvas } from "../../terminal/canvas.ts";
import type { Tone } from "../../terminal/tones.ts";
import { countNote, joinNotes } from "../notes.ts";
import { LEFT_WORDS } from "./left-words.ts";

/** `undone 2 · raced 3 · left 5 only in the table · equal 200 · job 0badcafe` */
export function restoreNotes({ totals, plan, warnings, jobId }: RestoreState, canvas: Canvas): Line {
  const notes: Line[] = [];
  const note = (word: string, count: number, tone?: Tone) => {
    if (count > 0) notes.push(countNote(word, count, tone));
  };
  note("undone", totals.undone, "bad");
  note("discrepancies", totals.discrepancies, "warn");
  note("raced", totals.raced, "warn");
  note("warnings", warnings, "warn");
  note("throttled", totals.source.throttles + totals.table.throttles, "warn");
  note("foreign", totals.foreign, "warn");
  if (plan !== undefined) {
    for (const [reason, count] of Object.entries(plan.left) as [LeftReason, number][]) {
      if (count > 0) notes.push([span("left ", "dim"), span(`${exactCount(count)} ${LEFT_WORDS[reason]}`)]);
    }
    note("equal", plan.equal);
  }
  if (jobId) notes.push([span(`job ${jobId}`, "dim")]);
  return joinNotes(notes, undefined, canvas);
}
