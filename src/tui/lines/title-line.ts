import stringWidth from "string-width";
import { escapeForTerminal } from "../../core/escape.ts";
import { clock, remaining } from "../format/duration.ts";
import { type Line, lineWidth, type Span, span, spread } from "../format/spans.ts";
import { tableText } from "../format/table-text.ts";
import { shortenMiddle } from "../format/text.ts";
import type { Activity, Pulse } from "../state/pulse.ts";
import type { Canvas } from "../terminal/canvas.ts";
import type { Tone } from "../terminal/tones.ts";

/** A name stays recognisable down to this. */
const SHORTEST_NAME = 6;

/** What a title says besides the time. */
export interface Heading {
  /** What it is, e.g. `ddbr diff-tables`, from the longest wording to the shortest, which stays beside shortened names. */
  heads: readonly string[];
  /** Where it goes from and to; nothing before that is known. Comes from outside: escaped here. */
  names?: { from: string; to: string };
  /** It goes on until it is stopped: there is no time to go. */
  endless?: true;
  /** What the run came to, once it is over. */
  outcome: { word: string; tone: Tone };
}

/** `ddbr diff-tables  us-east-1/orders ─► eu-west-1/orders          02:14  ETA 06:40` */
export function titleLine(heading: Heading, pulse: Pulse, canvas: Canvas): Line {
  const { columns, glyphs } = canvas;
  const times = timesOf(heading, pulse);
  const names = namesOf(heading, canvas);
  const heads = heading.heads.map((head) => (head ? [span(`${head}  `, "strong")] : []));
  const room = columns - lineWidth(times) - 4;
  const head = heads.find((line) => lineWidth(line) + lineWidth(names) <= room) ?? heads.at(-1) ?? [];
  const left = [...head, ...shortenNames(names, room - lineWidth(head), canvas)];
  return spread([span(" "), ...left], [...times, span(" ")], columns, glyphs.ellipsis);
}

function namesOf({ names }: Heading, { glyphs }: Canvas): Line {
  if (names === undefined) return [];
  const name = (text: string) => span(tableText(escapeForTerminal(text), glyphs));
  return [name(names.from), span(` ${glyphs.arrow} `, "accent"), name(names.to)];
}

function shortenNames(names: Line, room: number, { glyphs }: Canvas): Line {
  const [from, arrow, to] = names;
  if (!from || !arrow || !to) return names;
  const each = Math.floor((room - stringWidth(arrow.text)) / 2);
  if (each < SHORTEST_NAME) return [];
  // What the shorter name doesn't need goes to the longer.
  const spare = (name: Span) => Math.max(0, each - stringWidth(name.text));
  const shorten = (name: Span, other: Span) =>
    span(shortenMiddle(name.text, each + spare(other), glyphs.ellipsis));
  return [shorten(from, to), arrow, shorten(to, from)];
}

function timesOf(heading: Heading, pulse: Pulse): Line {
  const elapsed = span(clock(pulse.elapsed));
  const badge = badgeOf(heading, pulse);
  if (badge) return [badge, span("  "), elapsed];
  if (heading.endless) return [elapsed];
  return [elapsed, span("  ETA ", "dim"), span(remaining(pulse.eta))];
}

const BADGES: Partial<Record<Activity, string>> = {
  paused: " PAUSED ",
  stopping: " STOPPING ",
  starting: "starting",
};

function badgeOf({ outcome }: Heading, { activity }: Pulse) {
  if (activity === "finished") return span(outcome.word, outcome.tone);
  const badge = BADGES[activity];
  return badge === undefined ? undefined : span(badge, badge.startsWith(" ") ? "badge" : "dim");
}
