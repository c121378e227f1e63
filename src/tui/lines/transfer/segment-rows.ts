import type { TransferJob } from "../../../core/transfer/transfer-events.ts";
import { byteCount, compactCount, exactCount, ratio } from "../../format/numbers.ts";
import { join, type Line, span } from "../../format/spans.ts";
import type { SegmentWork } from "../../state/transfer/segment-work.ts";
import { segmentDone } from "../../state/transfer/transfer-progress.ts";
import type { EndedSegment, TransferState } from "../../state/transfer/transfer-state.ts";
import type { Canvas } from "../../terminal/canvas.ts";
import type { Tone } from "../../terminal/tones.ts";
import { type BarRow, barColumns, barHeading, barRow } from "./bar-row.ts";

interface Cell {
  name: string;
  width: number;
  text(work: SegmentWork): string;
}

const ITEMS = 9;
const BYTES = 9;

const CELLS: Record<Exclude<TransferJob, "snapshot">, readonly Cell[]> = {
  backup: [
    { name: "items", width: ITEMS, text: (work) => compactCount(work.written + work.kept) },
    { name: "stored", width: BYTES, text: (work) => byteCount(work.storedBytes) },
    { name: "ratio", width: 7, text: ({ rawBytes, storedBytes }) => ratio(rawBytes, storedBytes) },
    { name: "raw", width: BYTES, text: (work) => byteCount(work.rawBytes) },
  ],
  backfill: [
    { name: "written", width: ITEMS, text: (work) => compactCount(work.written) },
    { name: "kept", width: ITEMS, text: (work) => compactCount(work.kept) },
    { name: "stored", width: BYTES, text: (work) => byteCount(work.storedBytes) },
  ],
  fingerprint: [{ name: "items", width: ITEMS, text: (work) => compactCount(work.read) }],
};

/** `Segments   4 at work · 9 done · 19 waiting` */
export function segmentsHeading({ board, totals, segmentsUndone }: TransferState, { glyphs }: Canvas): Line {
  const waiting = board.chosen - board.done - board.active.size - segmentsUndone;
  const counts: [number, string, Tone?][] = [
    [board.active.size, "at work"],
    [segmentsUndone, "not done", "bad"],
    [board.done, "done"],
    [totals.segmentsKept, "of them by an earlier run"],
    [waiting, "waiting"],
  ];
  const parts = counts
    .filter(([count]) => count > 0)
    .map(([count, word, tone]): Line => [span(`${exactCount(count)} ${word}`, tone)]);
  return [span(" Segments  ", "strong"), ...join(parts, glyphs.separator)];
}

/** A heading and one row for each segment at work, then for those that ended last, in at most `rows` lines. */
export function segmentRows(state: TransferState, rows: number, canvas: Canvas): Line[] {
  if (state.job === "snapshot") return [];
  const cells = CELLS[state.job];
  const columns = barColumns(
    "segment".length,
    cells.map(({ width }) => width),
    canvas,
  );
  const heading =
    rows > 4
      ? [
          barHeading(
            "segment",
            cells.map(({ name }) => name),
            columns,
            canvas,
          ),
        ]
      : [];
  const row = (segment: number, work: SegmentWork, rest: Pick<BarRow, "fraction" | "instead">) =>
    barRow({ label: String(segment), ...rest, cells: cells.map(({ text }) => text(work)) }, columns, canvas);

  const room = rows - heading.length;
  const active = [...state.board.active];
  const shown = active.length > room ? active.slice(0, Math.max(0, room - 1)) : active;
  const more = active.length - shown.length;
  const known = state.expected.items > 0;
  return [
    ...heading,
    ...shown.map(([segment, work]) =>
      row(segment, work, { fraction: known ? segmentDone(state, work) : undefined }),
    ),
    ...(more > 0 ? [[span(`   and ${exactCount(more)} more at work`, "dim")] as Line] : []),
    ...state.ended
      .slice(0, Math.max(0, room - active.length))
      .map((ended) => row(ended.segment, ended.work, { instead: endOf(ended, canvas) })),
  ];
}

function endOf({ end }: EndedSegment, { glyphs }: Canvas): NonNullable<BarRow["instead"]> {
  if (end === "undone") return { text: `not done ${glyphs.failed}`, tone: "bad" };
  return { text: `${end === "kept" ? "done earlier" : "done"} ${glyphs.done}`, tone: "good" };
}
