import { CHANGE_KINDS, type ChangeKind } from "../../../core/restore/change.ts";
import type { RestoreEnd } from "../../../core/restore/restore-events.ts";
import { compactCount } from "../../format/numbers.ts";
import { type Line, span } from "../../format/spans.ts";
import { expectedReads, kindWork, readFraction } from "../../state/restore/restore-progress.ts";
import type { RestoreState } from "../../state/restore/restore-state.ts";
import type { Canvas } from "../../terminal/canvas.ts";
import { barColumns, barRow } from "../transfer/bar-row.ts";

const COUNT = "999.9 M of 999.9 M".length;
const LABEL = "source".length;
const KIND = "replace".length;

const WRITING_WORDS: Record<ChangeKind, string> = { create: "create", replace: "replace", delete: "delete" };

/** `Reading   source and table`: what goes on now. */
export function workHeading({ lastPhase, dryRun }: RestoreState): Line {
  switch (lastPhase) {
    case "writing":
      return heading("Writing", "what is no longer as planned is left alone");
    case "sharing":
      return heading(
        "Sharing",
        dryRun ? "nothing will be written" : "each part is compared, written, verified",
      );
    case "verifying":
      return heading("Verifying", "the table is compared with what it should be");
    case "planning":
    case "asking":
      return heading("Planning", dryRun ? "nothing will be written" : "nothing is written yet");
    case "reading":
    case undefined:
      return heading("Reading", dryRun ? "nothing will be written" : "nothing is written yet");
  }
}

/** A bar for each thing that is worked on, in at most `rows` lines. */
export function workRows(state: RestoreState, rows: number, canvas: Canvas): Line[] {
  const lines = state.lastPhase === "writing" ? writingRows(state, canvas) : readingRows(state, canvas);
  return lines.slice(0, Math.max(0, rows));
}

function writingRows(state: RestoreState, canvas: Canvas): Line[] {
  const columns = barColumns(KIND, [COUNT], canvas);
  return CHANGE_KINDS.map((kind) => ({ kind, ...kindWork(state, kind) }))
    .filter(({ total }) => total > 0)
    .map(({ kind, done, total }) =>
      barRow(
        {
          label: WRITING_WORDS[kind],
          fraction: done / total,
          cells: [`${compactCount(done)} of ${compactCount(total)}`],
        },
        columns,
        canvas,
      ),
    );
}

function readingRows(state: RestoreState, canvas: Canvas): Line[] {
  const columns = barColumns(LABEL, [COUNT], canvas);
  const over = state.phase === "finished" || state.lastPhase === "planning" || state.lastPhase === "asking";
  const row = (end: RestoreEnd) => {
    const items = state.read[end];
    const expected = expectedReads(state)[end];
    const instead = { text: `read ${canvas.glyphs.done}`, tone: "good" as const };
    const of = over || expected < items || expected === 0 ? " records" : ` of ${compactCount(expected)}`;
    const cells = [`${compactCount(items)}${of}`];
    return barRow(
      { label: end, fraction: readFraction(state, end), ...(over && { instead }), cells },
      columns,
      canvas,
    );
  };
  // Verifying mostly needs the table only.
  const ends = state.lastPhase === "verifying" && state.read.source === 0 ? [] : [row("source")];
  return [...ends, row("table")];
}

function heading(name: string, about: string): Line {
  return [span(` ${name}  `, "strong"), span(about, "dim")];
}
