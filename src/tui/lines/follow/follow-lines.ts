import { type Line, span } from "../../format/spans.ts";
import { type FollowFrame, followOutcome } from "../../state/follow/follow-frame.ts";
import type { Canvas } from "../../terminal/canvas.ts";
import { hintsLine, runHints } from "../hints-line.ts";
import { type Layout, layoutOf } from "../layout.ts";
import { type Heading, titleLine } from "../title-line.ts";
import { changeRows } from "./change-rows.ts";
import { followEnds, followEndsLine } from "./follow-ends.ts";
import { followNotes } from "./follow-notes.ts";
import { followNoticeRows } from "./follow-notices.ts";
import { lagLine } from "./lag-line.ts";
import { shardRows, shardsHeading } from "./shard-rows.ts";

/** What is told of the latest notices gets this share of the rows at least. */
const NOTICE_SHARE = 1 / 3;

/** The main screen: how far behind the run is, and what its shards do. */
export function followLines(title: string, frame: FollowFrame, canvas: Canvas): Line[] {
  const layout = layoutOf(canvas);
  const rule: Line[] = layout.rules ? [[span(canvas.glyphs.rule.repeat(canvas.columns), "dim")]] : [];
  const head = [
    titleLine(headingOf(title, frame), frame, canvas),
    lagLine(frame, canvas),
    ...endsOf(frame, layout, canvas),
    ...(layout.notes ? [followNotes(frame.state, canvas)] : []),
    ...rule,
  ];
  const foot = [...rule, hintsLine(runHints(frame), canvas)];
  const rows = canvas.rows - head.length - foot.length;
  const body = bodyLines(frame, rows, canvas);
  while (body.length < rows) body.push([]);
  return [...head, ...body, ...foot];
}

function headingOf(title: string, { state: { phase, primary, target, summary } }: FollowFrame): Heading {
  return {
    heads: [title, "follow"],
    ...(phase !== "starting" && { names: { from: primary, to: target } }),
    endless: true,
    outcome: { word: followOutcome(summary), tone: summary?.outcome === "caught-up" ? "good" : "bad" },
  };
}

function endsOf(frame: FollowFrame, { sides }: Layout, canvas: Canvas): Line[] {
  if (sides === "each") return followEnds(frame, canvas);
  return sides === "sum" ? [followEndsLine(frame, canvas)] : [];
}

function bodyLines(frame: FollowFrame, rows: number, canvas: Canvas): Line[] {
  const { state } = frame;
  if (state.phase === "starting") return [];
  const room = rows - 1;
  const notices = state.notices.length === 0 ? 0 : Math.max(1, Math.floor(room * NOTICE_SHARE));
  const shards = shardRows(frame, room - notices, canvas);
  const told = followNoticeRows(state, Math.max(notices, Math.floor((room - shards.length) / 2)), canvas);
  const spare = room - shards.length - told.length;
  // A line between, where there is room enough.
  const gap: Line[] = spare > 4 ? [[]] : [];
  const toldGap: Line[] = told.length > 0 ? gap : [];
  const changes = changeRows(state.changes, spare - gap.length - toldGap.length, canvas);
  return [shardsHeading(state, canvas), ...shards, ...toldGap, ...told, ...gap, ...changes].slice(0, rows);
}
