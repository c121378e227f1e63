import { escapeForTerminal } from "../../../core/escape.ts";
import { humanJson } from "../../../core/item/human.ts";
import type { UndoneTransfer } from "../../../core/transfer/transfer-events.ts";
import { exactCount } from "../../format/numbers.ts";
import { type Line, span } from "../../format/spans.ts";
import { tableText } from "../../format/table-text.ts";
import { cut, fit, shortenMiddle } from "../../format/text.ts";
import type { Notice, TransferState } from "../../state/transfer/transfer-state.ts";
import type { Canvas } from "../../terminal/canvas.ts";
import type { Tone } from "../../terminal/tones.ts";

/** UTF-16 units: more than the widest screen shows. */
const LONGEST = 500;
const KIND = "warning".length;
const SUBJECT_SHARE = 0.5;

const TONES: Record<Notice["type"], Tone> = { undone: "bad", foreign: "warn", warning: "warn" };

/** `Latest   2 of 14`: what went wrong or was passed over, the latest first, in at most `rows` lines. */
export function noticeRows(
  { notices, totals, warnings }: TransferState,
  rows: number,
  canvas: Canvas,
): Line[] {
  if (rows < 1 || notices.length === 0) return [];
  const all = totals.undone + totals.foreign + warnings;
  const shown = notices.slice(0, Math.max(1, rows - 1));
  const heading: Line = [
    span(" Latest  ", "strong"),
    span(`${exactCount(shown.length)} of ${exactCount(all)}`, "dim"),
  ];
  const lines = shown.map((notice) => noticeRow(notice, canvas));
  return rows > 1 ? [heading, ...lines] : lines;
}

function noticeRow(notice: Notice, canvas: Canvas): Line {
  const { columns, glyphs } = canvas;
  const kind = span(`   ${notice.type.padEnd(KIND)}  `, TONES[notice.type]);
  const room = Math.max(0, columns - KIND - 6);
  const subject = subjectOf(notice);
  const reason = shown(reasonOf(notice), canvas);
  if (subject === undefined) return [kind, span(reason)];
  const width = Math.floor(room * SUBJECT_SHARE);
  // Both ends tell objects apart.
  const short = shortenMiddle(shown(subject, canvas), width, glyphs.ellipsis);
  return [kind, span(`${fit(short, width, glyphs.ellipsis)}  `), span(reason, "dim")];
}

/** Comes from a table or a bucket. */
function shown(text: string, { glyphs }: Canvas): string {
  return tableText(escapeForTerminal(cut(text, LONGEST)), glyphs);
}

function subjectOf(notice: Notice): string | undefined {
  switch (notice.type) {
    case "warning":
      return undefined;
    case "foreign":
      return notice.object;
    case "undone":
      return undoneSubject(notice.undone);
  }
}

function undoneSubject({ key, object, segment }: UndoneTransfer): string | undefined {
  if (key !== undefined) return humanJson(key);
  if (object !== undefined) return object;
  return segment === undefined ? undefined : `segment ${segment}`;
}

function reasonOf(notice: Notice): string {
  switch (notice.type) {
    case "warning":
      return notice.message;
    case "foreign":
      return notice.reason;
    case "undone":
      return notice.undone.reason;
  }
}
