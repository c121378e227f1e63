import { escapeForTerminal } from "../../../core/escape.ts";
import { clock } from "../../format/duration.ts";
import { fitLine, type Line, span, spread } from "../../format/spans.ts";
import { fit } from "../../format/text.ts";
import type { DeployPart, DeployState } from "../../state/deploy/deploy-state.ts";
import type { Canvas } from "../../terminal/canvas.ts";
import type { Tone } from "../../terminal/tones.ts";
import { hintsLine } from "../hints-line.ts";

export interface DeployFrame {
  title: string;
  stack: string;
  parts: DeployState;
  elapsedMs: number;
  stopping: boolean;
}

/** The whole screen: a title, a line for each part with what happened to it last, and the keys. */
export function deployScreenLines(frame: DeployFrame, canvas: Canvas): Line[] {
  const { columns, rows, glyphs } = canvas;
  const left: Line = [span(" "), span(`${frame.title}  `, "strong"), span(glyphs.show(frame.stack))];
  const right = frame.stopping ? span("STOPPING", "badge") : span(clock(frame.elapsedMs));
  const title = spread(left, [right, span(" ")], columns, glyphs.ellipsis);
  const hints = hintsLine([{ keys: "q", does: "stop watching (the stack goes on)" }], canvas);
  const room = Math.max(0, rows - 3);
  // What moves last is at the end.
  const parts = frame.parts.slice(-room);
  const widths = widthsOf(parts);
  const shown = parts.map((part) => partLine(part, widths, canvas));
  const empty = Array.from({ length: room - shown.length }, (): Line => [span("")]);
  return [title, [span(glyphs.rule.repeat(columns), "dim")], ...shown, ...empty, hints].slice(0, rows);
}

/** Of the columns: room for a part's name and for its state. */
type Widths = Record<"part" | "state", number>;

const LEAST: Widths = { part: 12, state: 18 };
const MOST: Widths = { part: 28, state: 27 };

/** As wide as what is in them, so that the rest has its room; of a few long ones the ends are left out. */
function widthsOf(parts: DeployState): Widths {
  const width = (column: keyof Widths, texts: string[]) =>
    Math.min(MOST[column], Math.max(LEAST[column], ...texts.map((text) => text.length)));
  return {
    part: width(
      "part",
      parts.map(({ part }) => escapeForTerminal(part)),
    ),
    state: width(
      "state",
      parts.map(({ status }) => stateText(status)),
    ),
  };
}

const stateText = (status: string) => escapeForTerminal(status.toLowerCase().replaceAll("_", " "));

/** What CloudFormation says where there is nothing to say. */
const NO_REASON = /^(user|resource \w+) initiated$/i;

function partLine(
  { part, type, status, reason }: DeployPart,
  widths: Widths,
  { columns, glyphs }: Canvas,
): Line {
  const [sign, tone] = lookOf(status, glyphs);
  const cell = (text: string, width: number) => fit(glyphs.show(text), width, glyphs.ellipsis);
  const told = reason === undefined || NO_REASON.test(reason) ? type : reason;
  return fitLine(
    [
      span(` ${sign} `, tone),
      span(cell(escapeForTerminal(part), widths.part)),
      span(` ${cell(stateText(status), widths.state)}`, tone),
      span(` ${glyphs.show(escapeForTerminal(told))}`, "dim"),
    ],
    columns,
    glyphs.ellipsis,
  );
}

function lookOf(status: string, glyphs: Canvas["glyphs"]): [sign: string, tone: Tone] {
  if (status.endsWith("_FAILED")) return [glyphs.failed, "bad"];
  if (/ROLLBACK/.test(status)) return [glyphs.hit, "warn"];
  return status.endsWith("_COMPLETE") ? [glyphs.done, "good"] : [glyphs.pointer, "accent"];
}
