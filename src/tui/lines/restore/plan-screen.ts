import { escapeForTerminal } from "../../../core/escape.ts";
import { exactCount } from "../../format/numbers.ts";
import { type Line, span } from "../../format/spans.ts";
import { tableText } from "../../format/table-text.ts";
import { wrapWords } from "../../format/wrap-words.ts";
import type { Fact, PlanQuestion, RestoreFrame } from "../../state/restore/restore-frame.ts";
import type { Canvas } from "../../terminal/canvas.ts";
import { type Hint, hintsLine } from "../hints-line.ts";
import { titleLine } from "../title-line.ts";
import { planTable } from "./plan-table.ts";
import { restoreHeading } from "./restore-heading.ts";
import { restoreNoticeRows } from "./restore-notice-rows.ts";
import { stepsLine } from "./steps-line.ts";

export const PLAN_DOES_NOT_FIT: Line = [span("Enlarge the window to see the plan; n: leave")];

const ANSWERS: readonly Hint[] = [
  { keys: "y", does: "carry out" },
  { keys: "n", does: "leave: nothing is written" },
  { keys: "?", does: "help" },
];

/** The plan, where it is to be carried out, and the question; undefined when it does not fit on the screen as a whole. */
export function planScreen(
  title: string,
  frame: RestoreFrame,
  { plan, facts }: PlanQuestion,
  canvas: Canvas,
): Line[] | undefined {
  const deleted = plan.changes.delete.items;
  const needed: Line[] = [
    ...planTable(plan, frame.writePrice, canvas),
    [],
    ...factLines(facts, canvas),
    ...(deleted > 0 ? [deletionLine(deleted)] : []),
  ];
  const answers = hintsLine(ANSWERS, canvas);
  const room = canvas.rows - needed.length - 1;
  if (room < 0 || canvas.columns < NARROWEST) return undefined;
  const head = headOf(title, frame, canvas).slice(0, room);
  const spare = room - head.length;
  const notices = spare > 2 ? [[], ...restoreNoticeRows(frame.state, spare - 2, canvas)] : [];
  const lines = [...head, ...needed, ...notices];
  while (lines.length < canvas.rows - 1) lines.push([]);
  return [...lines, answers];
}

/** The table of the plan is not cut. */
const NARROWEST = 55;

function headOf(title: string, frame: RestoreFrame, canvas: Canvas): Line[] {
  const { glyphs, columns } = canvas;
  return [
    titleLine(restoreHeading(title, frame), frame, canvas),
    stepsLine(frame.state, canvas),
    [span(glyphs.rule.repeat(columns), "dim")],
    [span(" Carry out this plan?", "strong")],
  ];
}

/** Names in full, however long: they tell one table from another. */
function factLines(facts: readonly Fact[], { columns, glyphs }: Canvas): Line[] {
  const width = Math.max(...facts.map(({ label }) => label.length)) + 2;
  return facts.flatMap(({ label, text }) =>
    wrapWords(tableText(escapeForTerminal(text), glyphs), columns - width - 4).map(
      (line, index): Line => [span(`   ${(index === 0 ? label : "").padEnd(width)}`, "dim"), span(line)],
    ),
  );
}

function deletionLine(count: number): Line {
  const records = count === 1 ? "record is" : "records are";
  return [span(`   ${exactCount(count)} ${records} DELETED from the table.`, "bad")];
}
