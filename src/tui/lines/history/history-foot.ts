import { escapeForTerminal } from "../../../core/escape.ts";
import { exactCount } from "../../format/numbers.ts";
import { fitLine, type Line, span, spread } from "../../format/spans.ts";
import { tableText } from "../../format/table-text.ts";
import { cut } from "../../format/text.ts";
import type { Prompt } from "../../state/history/prompt.ts";
import type { Canvas } from "../../terminal/canvas.ts";
import type { Tone } from "../../terminal/tones.ts";
import { type Hint, hintsLine } from "../hints-line.ts";
import type { HistoryLayout } from "./history-layout.ts";

export interface HistoryFoot {
  prompt: Prompt | undefined;
  /** What goes on in the background. */
  progress: string | undefined;
  message: { text: string; tone?: Tone } | undefined;
  /** First line of the item on the screen, from 0, and how many it has. */
  top: number;
  lines: number;
  pane: "list" | "item";
  canRestore: boolean;
}

const LONGEST = 500;
const QUESTIONS: Record<Prompt["kind"], string> = {
  moment: "go to (UTC, e.g. 2026-11-23 14:03): ",
  text: "search in values: ",
};

/** What was typed, goes on or was told, and below it the keys; where there is one line only, the former takes it when there is any. */
export function historyFoot(foot: HistoryFoot, layout: HistoryLayout, canvas: Canvas): Line[] {
  const told = toldLine(foot, canvas);
  const hints = hintsLine(foot.prompt ? PROMPT_HINTS : hintsOf(foot, layout, canvas), canvas);
  if (!layout.status) return [told ?? hints];
  const { columns, glyphs } = canvas;
  return [spread(told ?? [], placeOf(foot, layout), columns, glyphs.ellipsis), hints];
}

function toldLine({ prompt, progress, message }: HistoryFoot, { columns, glyphs }: Canvas): Line | undefined {
  const shown = (text: string) => tableText(escapeForTerminal(text), glyphs);
  if (prompt) return promptLine(QUESTIONS[prompt.kind], shown(prompt.typed), columns, glyphs.ellipsis);
  if (progress !== undefined) return [span(` ${shown(cut(progress, LONGEST))}`, "accent")];
  return message && [span(` ${shown(cut(message.text, LONGEST))}`, message.tone)];
}

/** The end of what is typed stays to be seen. */
function promptLine(question: string, typed: string, columns: number, ellipsis: string): Line {
  const room = Math.max(4, columns - question.length - 3);
  const characters = [...typed];
  let shown = typed;
  for (
    let from = 1;
    from < characters.length && fitLine([span(shown)], room, ellipsis)[0]?.text !== shown;
    from++
  ) {
    shown = ellipsis + characters.slice(from).join("");
  }
  return [span(` ${question}`, "accent"), span(shown, "strong"), span(" ", "selected")];
}

function placeOf({ top, lines }: HistoryFoot, { item, itemRows }: HistoryLayout): Line {
  if (item === 0 || lines <= itemRows) return [];
  const last = Math.min(top + itemRows, lines);
  return [span(`lines ${exactCount(top + 1)}-${exactCount(last)} of ${exactCount(lines)} `, "dim")];
}

const PROMPT_HINTS: readonly Hint[] = [
  { keys: "Enter", does: "go" },
  { keys: "Esc", does: "cancel" },
  { keys: "Ctrl-U", does: "empty" },
];

function hintsOf(
  { pane, canRestore }: HistoryFoot,
  { list, item }: HistoryLayout,
  { glyphs }: Canvas,
): Hint[] {
  const { upDown, leftRight, enter } = glyphs.keys;
  const both = list > 0 && item > 0;
  if (pane === "item") {
    return [
      { keys: "Esc", does: both ? "back" : "versions" },
      { keys: upDown, does: "scroll" },
      { keys: "Tab", does: "view" },
      { keys: "c", does: "next change" },
      { keys: "?", does: "help" },
      { keys: "q", does: "quit" },
    ];
  }
  const open = both ? { keys: leftRight, does: "pane" } : { keys: enter, does: "open" };
  return [
    { keys: upDown, does: "version" },
    ...(both ? [] : [open]),
    { keys: "Tab", does: "view" },
    { keys: "m", does: "mark" },
    { keys: "/", does: "search" },
    { keys: "d", does: "date" },
    ...(canRestore ? [{ keys: "r", does: "restore" }] : []),
    { keys: "?", does: "help" },
    { keys: "q", does: "quit" },
    ...(both ? [open] : []),
    { keys: "w", does: "write" },
    { keys: "y", does: "copy" },
  ];
}
