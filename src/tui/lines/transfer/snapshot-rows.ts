import { byteCount, compactCount, exactCount, ratio } from "../../format/numbers.ts";
import { type Line, span } from "../../format/spans.ts";
import type { TransferState } from "../../state/transfer/transfer-state.ts";
import type { Canvas } from "../../terminal/canvas.ts";
import { type BarRow, barColumns, barRow } from "./bar-row.ts";

const COUNT = "999.9 M records".length;
const FILE = "999.9 MB, 99.9:1".length;
/** Told apart from all: what is still to come may change it. */
const ALMOST = 0.99;

/** `Folding   about 1 200 000 records` */
export function snapshotHeading({ expected }: TransferState): Line {
  const about =
    expected.items > 0 ? `about ${exactCount(expected.items)} records` : "how many isn't known yet";
  return [span(" Folding  ", "strong"), span(about, "dim")];
}

/** How far listing, reading and writing are, and what the file has come to; in at most `rows` lines. */
export function snapshotRows(state: TransferState, rows: number, canvas: Canvas): Line[] {
  const { totals, expected, phase } = state;
  const whole = phase === "finished" && state.summary?.outcome === "complete";
  const fraction = (items: number) => {
    if (whole) return 1;
    return expected.items > 0 ? Math.min(ALMOST, items / expected.items) : undefined;
  };
  // How many there are is known once all are listed.
  const listed = expected.items > 0 ? 1 : undefined;
  const row = (label: string, items: number, what: string, remark = "", done = fraction(items)): BarRow => ({
    label,
    fraction: done,
    cells: [`${compactCount(items).padStart(7)} ${what}`, remark.padEnd(FILE)],
  });
  const parts = [
    row("listed", totals.listed, "objects", "", listed),
    row("read", totals.read, "records"),
    row("written", totals.written, "records", fileSize(state)),
  ];
  const columns = barColumns("written".length, [COUNT, FILE], canvas);
  return parts.map((part) => barRow(part, columns, canvas)).slice(-rows);
}

function fileSize({ totals }: TransferState): string {
  const { rawBytes, storedBytes } = totals;
  return storedBytes === 0 ? "" : `${byteCount(storedBytes)}, ${ratio(rawBytes, storedBytes)}`;
}
