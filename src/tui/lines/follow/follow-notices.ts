import { escapeForTerminal } from "../../../core/escape.ts";
import { humanJson } from "../../../core/item/human.ts";
import { exactCount } from "../../format/numbers.ts";
import { type Line, span } from "../../format/spans.ts";
import { tableText } from "../../format/table-text.ts";
import { cut, fit, shortenMiddle } from "../../format/text.ts";
import type { FollowNotice, FollowState } from "../../state/follow/follow-state.ts";
import type { Canvas } from "../../terminal/canvas.ts";
import type { Tone } from "../../terminal/tones.ts";
import { shardName } from "./shard-name.ts";

/** UTF-16 units: more than the widest screen shows. */
const LONGEST = 500;
const KIND = "warning".length;
const SUBJECT_SHARE = 0.4;

const KINDS: Record<FollowNotice["type"], [string, Tone]> = {
  skipped: ["undone", "bad"],
  lost: ["lost", "bad"],
  refused: ["refused", "warn"],
  warning: ["warning", "warn"],
};

/** `Latest   2 of 14`: what went wrong, the latest first, in at most `rows` lines. */
export function followNoticeRows({ notices, noticed }: FollowState, rows: number, canvas: Canvas): Line[] {
  if (rows < 1 || notices.length === 0) return [];
  const shown = notices.slice(0, Math.max(1, rows - 1));
  const heading: Line = [
    span(" Latest  ", "strong"),
    span(`${exactCount(shown.length)} of ${exactCount(noticed)}`, "dim"),
  ];
  const lines = shown.map((notice) => noticeRow(notice, canvas));
  return rows > 1 ? [heading, ...lines] : lines;
}

function noticeRow(notice: FollowNotice, canvas: Canvas): Line {
  const { columns, glyphs } = canvas;
  const [word, tone] = KINDS[notice.type];
  const kind = span(`   ${word.padEnd(KIND)}  `, tone);
  const subject = subjectOf(notice);
  const reason = shown(reasonOf(notice), canvas);
  if (subject === undefined) return [kind, span(reason)];
  const width = Math.floor(Math.max(0, columns - KIND - 6) * SUBJECT_SHARE);
  const short = shortenMiddle(shown(subject, canvas), width, glyphs.ellipsis);
  return [kind, span(`${fit(short, width, glyphs.ellipsis)}  `), span(reason, "dim")];
}

/** Comes from a table or a server. */
function shown(text: string, { glyphs }: Canvas): string {
  return tableText(escapeForTerminal(cut(text, LONGEST)), glyphs);
}

function subjectOf(notice: FollowNotice): string | undefined {
  switch (notice.type) {
    case "warning":
      return undefined;
    case "skipped":
      return notice.key === undefined ? notice.sequence : humanJson(notice.key);
    case "lost":
    case "refused":
      return shardName(notice.shard);
  }
}

function reasonOf(notice: FollowNotice): string {
  switch (notice.type) {
    case "warning":
      return notice.message;
    case "skipped":
      return notice.reason;
    case "lost":
      return "no longer kept: compare and repair";
    case "refused":
      return `${exactCount(notice.records)} tried again: ${notice.reason}`;
  }
}
