import { escapeForTerminal } from "../../../core/escape.ts";
import { type ShardProgress, shardLag } from "../../../core/follow/follow-progress.ts";
import { compactCount, exactCount } from "../../format/numbers.ts";
import { join, type Line, type Span, span } from "../../format/spans.ts";
import { tableText } from "../../format/table-text.ts";
import { fit, shortenMiddle } from "../../format/text.ts";
import type { FollowFrame } from "../../state/follow/follow-frame.ts";
import type { EndedShard, FollowState } from "../../state/follow/follow-state.ts";
import { momentText, timeText } from "../../state/history/moment.ts";
import type { Canvas } from "../../terminal/canvas.ts";
import type { Tone } from "../../terminal/tones.ts";
import { shortLag } from "./lag-words.ts";
import { shardName } from "./shard-name.ts";

const STATE = "up to date".length;
const RECORDS = 9;
/** Date and time, the time alone, or nothing. */
const CHANGE = [19, 8, 0] as const;
const LAG = 8;
const GAP = "  ";
const SHORTEST_NAME = 12;
const LONGEST_NAME = 40;

/** `Shards  2 reading · 1 waiting · 14 done` */
export function shardsHeading({ progress: { shards, waiting, totals } }: FollowState, canvas: Canvas): Line {
  const states = [...shards.values()].map(({ state }) => state);
  const count = (wanted: ShardProgress["state"]) => states.filter((state) => state === wanted).length;
  const counts: [number, string, Tone?][] = [
    [count("refused"), "refused", "bad"],
    [count("reading"), "reading"],
    [count("up-to-date"), "up to date"],
    [waiting, "waiting"],
    [totals.shardsDone, "done"],
  ];
  const parts = counts
    .filter(([number]) => number > 0)
    .map(([number, word, tone]): Line => [span(`${exactCount(number)} ${word}`, tone)]);
  return [span(" Shards  ", "strong"), ...join(parts, canvas.glyphs.separator)];
}

/** A heading and one row for each shard that is read, then for those that ended last, in at most `rows` lines. */
export function shardRows(frame: FollowFrame, rows: number, canvas: Canvas): Line[] {
  const { state } = frame;
  const heading: Line[] = rows > 4 ? [columnNames(columnsOf(canvas), canvas)] : [];
  const room = rows - heading.length;
  // Those that are furthest behind first.
  const active = [...state.progress.shards].toSorted(
    ([, a], [, b]) => (shardLag(b, frame.now) ?? 0) - (shardLag(a, frame.now) ?? 0),
  );
  const shown = active.length > room ? active.slice(0, Math.max(0, room - 1)) : active;
  const more = active.length - shown.length;
  return [
    ...heading,
    ...shown.map(([shard, progress]) => shardRow(shard, progress, frame.now, canvas)),
    ...(more > 0 ? [[span(`   and ${exactCount(more)} more`, "dim")] as Line] : []),
    ...state.ended.slice(0, Math.max(0, room - active.length)).map((ended) => endedRow(ended, canvas)),
  ];
}

interface Columns {
  name: number;
  change: (typeof CHANGE)[number];
}

function columnsOf({ columns }: Canvas): Columns {
  const roomBeside = (change: number) =>
    columns - 4 - [STATE, RECORDS, change, LAG].reduce(add) - 4 * GAP.length;
  const change = CHANGE.find((width) => roomBeside(width) >= SHORTEST_NAME) ?? 0;
  return { name: Math.max(SHORTEST_NAME, Math.min(LONGEST_NAME, roomBeside(change))), change };
}

const add = (sum: number, width: number) => sum + width;

function columnNames({ name, change }: Columns, { glyphs }: Canvas): Line {
  const cells = [
    fit("shard", name, glyphs.ellipsis),
    fit("state", STATE, glyphs.ellipsis),
    fit("records", RECORDS, glyphs.ellipsis, "right"),
    fit(change === CHANGE[0] ? "last change (UTC)" : "change", change, glyphs.ellipsis),
    fit("behind", LAG, glyphs.ellipsis, "right"),
  ];
  return [span(`   ${cells.join(GAP)}`, "dim")];
}

const STATES: Record<ShardProgress["state"], [string, Tone]> = {
  reading: ["reading", "accent"],
  refused: ["refused", "bad"],
  "up-to-date": ["up to date", "good"],
};

function shardRow(shard: string, progress: ShardProgress, now: number, canvas: Canvas): Line {
  const lag = shardLag(progress, now);
  return row(shard, STATES[progress.state], progress, lag === undefined ? "" : shortLag(lag), canvas);
}

function endedRow(ended: EndedShard, canvas: Canvas): Line {
  return row(ended.shard, [`done ${canvas.glyphs.done}`, "dim"], ended, "", canvas);
}

function row(
  shard: string,
  [state, tone]: [string, Tone],
  { records, at }: { records: number; at: number | undefined },
  lag: string,
  canvas: Canvas,
): Line {
  const { glyphs } = canvas;
  const { name, change } = columnsOf(canvas);
  const text = tableText(escapeForTerminal(shardName(shard)), glyphs);
  const shown = shortenMiddle(text, name, glyphs.ellipsis);
  const cell = (text: string, width: number, side: "left" | "right" = "left"): Span =>
    span(GAP + fit(text, width, glyphs.ellipsis, side));
  const time = at === undefined ? "" : change === CHANGE[0] ? momentText(at, false) : timeText(at, false);
  return [
    span(`   ${fit(shown, name, glyphs.ellipsis)}`),
    span(GAP + fit(state, STATE, glyphs.ellipsis), tone),
    cell(compactCount(records), RECORDS, "right"),
    cell(time, change),
    cell(lag, LAG, "right"),
  ];
}
