import { escapeForTerminal } from "../../../core/escape.ts";
import { byteCount, ratio } from "../../format/numbers.ts";
import { type Line, span } from "../../format/spans.ts";
import { tableText } from "../../format/table-text.ts";
import { cut } from "../../format/text.ts";
import type { TransferState } from "../../state/transfer/transfer-state.ts";
import type { Canvas } from "../../terminal/canvas.ts";
import type { Glyphs } from "../../terminal/glyphs.ts";
import type { Tone } from "../../terminal/tones.ts";
import { countNote, joinNotes, unitsNote } from "../notes.ts";

/** Of what a user may have typed. */
const LONGEST_ID = 60;

/** `undone 2 · foreign 3 · kept 1 200 · 1 411 of about 2 864 RCU · stored 14.0 MB, 5.0:1 · job 0badcafe` */
export function transferNotes(state: TransferState, canvas: Canvas): Line {
  const { totals, job, earlierItems, warnings, expected, jobId } = state;
  const notes: Line[] = [];
  const note = (word: string, count: number, tone?: Tone) => {
    if (count > 0) notes.push(countNote(word, count, tone));
  };
  note("undone", totals.undone, "bad");
  note("warnings", warnings, "warn");
  note("foreign", totals.foreign, "warn");
  note("throttled", totals.source.throttles + totals.destination.throttles, "warn");
  note("kept", totals.kept - earlierItems);
  note("done earlier", earlierItems);
  const isTable = job !== "snapshot" && (job !== "fingerprint" || expected.readUnits > 0);
  if (isTable) notes.push([span(unitsNote(totals.source.readUnits, expected.readUnits), "dim")]);
  if (totals.storedBytes > 0) notes.push([span(storedNote(state), "dim")]);
  if (jobId) notes.push([span(jobNote(jobId, canvas.glyphs), "dim")]);
  return joinNotes(notes, undefined, canvas);
}

function storedNote({ totals }: TransferState): string {
  const { rawBytes, storedBytes } = totals;
  const stored = `stored ${byteCount(storedBytes)}`;
  return rawBytes === storedBytes ? stored : `${stored}, ${ratio(rawBytes, storedBytes)}`;
}

function jobNote(jobId: string, glyphs: Glyphs): string {
  return `job ${tableText(escapeForTerminal(cut(jobId, LONGEST_ID)), glyphs)}`;
}
