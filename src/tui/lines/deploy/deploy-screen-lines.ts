import { escapeForTerminal } from "../../../core/escape.ts";
import { clock } from "../../format/duration.ts";
import { fitLine, type Line, span, spread } from "../../format/spans.ts";
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
  const shown = frame.parts.slice(-room).map((part) => partLine(part, canvas));
  const empty = Array.from({ length: room - shown.length }, (): Line => [span("")]);
  return [title, [span(glyphs.rule.repeat(columns), "dim")], ...shown, ...empty, hints].slice(0, rows);
}

const WIDEST_PART = 20;

function partLine({ part, type, status, reason }: DeployPart, { columns, glyphs }: Canvas): Line {
  const [sign, tone] = lookOf(status, glyphs);
  const text = (value: string) => glyphs.show(escapeForTerminal(value));
  return fitLine(
    [
      span(` ${sign} `, tone),
      span(text(part).padEnd(WIDEST_PART)),
      span(` ${status.toLowerCase().replaceAll("_", " ").padEnd(20)}`, tone),
      span(` ${reason === undefined ? text(type) : text(reason)}`, "dim"),
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
