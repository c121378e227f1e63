import stringWidth from "string-width";
import { escapeForTerminal } from "../../core/escape.ts";
import { clock, remaining } from "../format/duration.ts";
import { fitLine, type Line, lineWidth, span, spread } from "../format/spans.ts";
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
  const room = columns - lineWidth(times) - 4;
  const head = `${title}${modeOf(frame)}`;
  for (const start of [[span(head, "strong"), span("  ")], []]) {
    const names = namesLine(frame, room - lineWidth(start), canvas);
    if (names) return spread([span(" "), ...start, ...names], [...times, span(" ")], columns, glyphs.ellipsis);
  }
  return fitLine([span(" "), ...times], columns, glyphs.ellipsis);
}

function modeOf({ state }: Frame): string {
  const mode = state.mode === "check" ? "" : ` ${state.mode}`;
  return state.dryRun ? `${mode} (dry run)` : mode;
}

function namesLine({ state }: Frame, room: number, { glyphs }: Canvas): Line | undefined {
  const arrow = ` ${glyphs.arrow} `;
  const primary = tableText(escapeForTerminal(state.primary?.name ?? ""), glyphs);
  const replica = tableText(escapeForTerminal(state.replica?.name ?? ""), glyphs);
  if (primary === "" || replica === "") return room >= 0 ? [] : undefined;
  const each = Math.floor((room - stringWidth(arrow)) / 2);
  if (each < SHORTEST_NAME) return undefined;
  // What the shorter name doesn't need goes to the longer.
  const spare = (name: string) => Math.max(0, each - stringWidth(name));
  return [
    span(shortenMiddle(primary, each + spare(replica), glyphs.ellipsis)),
    span(arrow, "accent"),
    span(shortenMiddle(replica, each + spare(primary), glyphs.ellipsis)),
  ];
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
