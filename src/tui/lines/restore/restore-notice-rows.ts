import { escapeForTerminal } from "../../../core/escape.ts";
import type { WireKey } from "../../../core/item/attribute-value.ts";
import { humanJson } from "../../../core/item/human.ts";
import { exactCount } from "../../format/numbers.ts";
import { type Line, span } from "../../format/spans.ts";
import { tableText } from "../../format/table-text.ts";
import { cut, fit, shortenMiddle } from "../../format/text.ts";
import type { RestoreNotice, RestoreState } from "../../state/restore/restore-state.ts";
import type { Canvas } from "../../terminal/canvas.ts";
import type { Tone } from "../../terminal/tones.ts";
import { LEFT_WORDS } from "./left-words.ts";

/** UTF-16 units: more than the widest screen shows. */
const LONGEST = 500;
const KIND = "extraneous".length;
const SUBJECT_SHARE = 0.5;

interface Told {
  kind: string;
  tone: Tone;
  subject?: string | undefined;
  reason?: string | undefined;
}

/** `Latest   2 of 14`: what was left alone, raced, or went wrong, the latest first, in at most `rows` lines. */
export function restoreNoticeRows({ notices, noticed }: RestoreState, rows: number, canvas: Canvas): Line[] {
  if (rows < 1 || notices.length === 0) return [];
  const shown = notices.slice(0, Math.max(1, rows - 1));
  const heading: Line = [
    span(" Latest  ", "strong"),
    span(`${exactCount(shown.length)} of ${exactCount(noticed)}`, "dim"),
  ];
  const lines = shown.map((notice) => noticeRow(tellOf(notice), canvas));
  return rows > 1 ? [heading, ...lines] : lines;
}

function noticeRow({ kind, tone, subject, reason = "" }: Told, canvas: Canvas): Line {
  const { columns, glyphs } = canvas;
  const word = span(`   ${kind.padEnd(KIND)}  `, tone);
  if (subject === undefined) return [word, span(shown(reason, canvas))];
  const room = Math.max(0, columns - KIND - 6);
  const width = reason === "" ? room : Math.floor(room * SUBJECT_SHARE);
  // Both ends tell keys and objects apart.
  const short = shortenMiddle(shown(subject, canvas), width, glyphs.ellipsis);
  return [word, span(`${fit(short, width, glyphs.ellipsis)}  `), span(shown(reason, canvas), "dim")];
}

/** Comes from a table or a bucket. */
function shown(text: string, { glyphs }: Canvas): string {
  return tableText(escapeForTerminal(cut(text, LONGEST)), glyphs);
}

function tellOf(notice: RestoreNotice): Told {
  switch (notice.type) {
    case "left":
      return { ...ofKey("left", "warn", notice.key), reason: LEFT_WORDS[notice.reason] };
    case "raced":
      return { ...ofKey("raced", "warn", notice.key), reason: "written by others since the plan" };
    case "discrepancy": {
      const { kind, key, attributes } = notice.discrepancy;
      const names = kind === "different" ? attributes.map(({ name }) => name).join(", ") : "";
      return { ...ofKey(kind, kind, key), reason: names };
    }
    case "undone": {
      const { key, segment, reason } = notice.undone;
      const subject = key ? humanJson(key) : segment === undefined ? undefined : `segment ${segment}`;
      return { kind: "undone", tone: "bad", subject, reason };
    }
    case "foreign":
      return { kind: "foreign", tone: "warn", subject: notice.object, reason: notice.reason };
    case "warning":
      return { kind: "warning", tone: "warn", reason: notice.message };
  }
}

function ofKey(kind: string, tone: Tone, key: WireKey): Told {
  return { kind, tone, subject: humanJson(key) };
}
