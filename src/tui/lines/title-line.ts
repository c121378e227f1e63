import stringWidth from "string-width";
import { escapeForTerminal } from "../../core/escape.ts";
import { clock, remaining } from "../format/duration.ts";
import { type Line, lineWidth, type Span, span, spread } from "../format/spans.ts";
import { tableText } from "../format/table-text.ts";
import { shortenMiddle } from "../format/text.ts";
import { type Activity, type Frame, outcomeWord } from "../state/frame.ts";
import type { Canvas } from "../terminal/canvas.ts";
import type { Tone } from "../terminal/tones.ts";

/** A table's name stays recognisable down to this. */
const SHORTEST_NAME = 6;

/** `ddbr diff-tables  us-east-1/orders ─► eu-west-1/orders          02:14  ETA 06:40` */
export function titleLine(title: string, frame: Frame, canvas: Canvas): Line {
  const { columns, glyphs } = canvas;
  const times = timesOf(frame);
  const names = namesOf(frame, canvas);
  const mode = modeOf(frame);
  // Whole names matter more than the title, what the run may write more than whole names.
  const heads = [`${title}${mode && " "}${mode}`, mode].map((head) =>
    head ? [span(`${head}  `, "strong")] : [],
  );
  const room = columns - lineWidth(times) - 4;
  const head = heads.find((line) => lineWidth(line) + lineWidth(names) <= room) ?? heads.at(-1)!;
  const left = [...head, ...shortenNames(names, room - lineWidth(head), canvas)];
  return spread([span(" "), ...left], [...times, span(" ")], columns, glyphs.ellipsis);
}

/** Whether the run writes; nothing for a plain check. */
function modeOf({ state }: Frame): string {
  const mode = state.mode === "check" ? "" : state.mode;
  return state.dryRun ? `${mode} dry run`.trim() : mode;
}

/** Primary, arrow, replica; nothing before they are known. */
function namesOf({ state }: Frame, { glyphs }: Canvas): Line {
  if (state.primary === undefined || state.replica === undefined) return [];
  const name = (text: string) => span(tableText(escapeForTerminal(text), glyphs));
  return [name(state.primary.name), span(` ${glyphs.arrow} `, "accent"), name(state.replica.name)];
}

function shortenNames(names: Line, room: number, { glyphs }: Canvas): Line {
  const [primary, arrow, replica] = names;
  if (!primary || !arrow || !replica) return names;
  const each = Math.floor((room - stringWidth(arrow.text)) / 2);
  if (each < SHORTEST_NAME) return [];
  // What the shorter name doesn't need goes to the longer.
  const spare = (name: Span) => Math.max(0, each - stringWidth(name.text));
  const shorten = (name: Span, other: Span) =>
    span(shortenMiddle(name.text, each + spare(other), glyphs.ellipsis));
  return [shorten(primary, replica), arrow, shorten(replica, primary)];
}

function timesOf(frame: Frame): Line {
  const elapsed = span(clock(frame.elapsed));
  const badge = badgeOf(frame);
  if (badge) return [badge, span("  "), elapsed];
  return [elapsed, span("  ETA ", "dim"), span(remaining(frame.eta))];
}

const BADGES: Partial<Record<Activity, string>> = {
  paused: " PAUSED ",
  stopping: " STOPPING ",
  starting: "starting",
};

function badgeOf({ activity, state }: Frame) {
  if (activity === "finished") return span(outcomeWord(state.summary), outcomeTone(state.summary?.outcome));
  const badge = BADGES[activity];
  return badge === undefined ? undefined : span(badge, badge.startsWith(" ") ? "badge" : "dim");
}

function outcomeTone(outcome: string | undefined): Tone {
  if (outcome === "clean") return "good";
  return outcome === "discrepancies" ? "strong" : "bad";
}
