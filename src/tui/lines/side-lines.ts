import type { Side } from "../../core/diff/diff-events.ts";
import { byteCount, compactCount, compactRate } from "../format/numbers.ts";
import { type Line, span } from "../format/spans.ts";
import type { Frame } from "../state/frame.ts";
import type { Canvas } from "../terminal/canvas.ts";

/** A number with its unit; `rank` says what goes first when room is short (the highest). */
interface Field {
  rank: number;
  width: number;
  text: string;
  alarming?: boolean;
}

const LABEL = 9;
/** Numbers are aligned to the right, which leaves more. */
const GAP = 1;

/** `primary  18.4 M items   4.6 GB   31 k items/s   980 RCU/s   3 retries`, in the same columns for both sides. */
export function sideLines(frame: Frame, canvas: Canvas): Line[] {
  const fields = { primary: fieldsOf("primary", frame), replica: fieldsOf("replica", frame) };
  const shown = fitting(fields.primary, canvas.columns - LABEL - 1);
  return (["primary", "replica"] as const).map((side) => sideLine(side, fields[side], shown));
}

/** Both sides in one line, for low terminals. */
export function sumLine(frame: Frame, canvas: Canvas): Line {
  const { primary, replica } = frame.state.totals;
  const { rates } = frame;
  const sum: Field[] = [
    field(1, compactCount(primary.items + replica.items), " items"),
    field(2, compactRate(rates.primary.items + rates.replica.items), " items/s"),
    field(3, compactRate(rates.primary.readUnits + rates.replica.readUnits), " RCU/s"),
    field(4, compactCount(primary.retries + replica.retries), " retries"),
  ];
  const shown = fitting(sum, canvas.columns - 1);
  return [
    span(" "),
    ...sum.filter(({ rank }) => shown.has(rank)).flatMap(({ text }) => [span(`${text.trim()}  `)]),
  ];
}

function fieldsOf(side: Side, { state, rates }: Frame): Field[] {
  const totals = state.totals[side];
  const rate = rates[side];
  const writes = state.totals.primary.writeUnits + state.totals.replica.writeUnits > 0;
  return [
    field(1, compactCount(totals.items), " items"),
    field(5, byteCount(totals.bytes), "", 8),
    field(2, compactRate(rate.items), " items/s"),
    field(8, byteCount(rate.bytes), "/s", 8),
    field(3, compactRate(rate.readUnits), " RCU/s"),
    ...(writes ? [field(4, compactRate(rate.writeUnits), " WCU/s")] : []),
    field(9, compactCount(totals.readUnits), " RCU"),
    field(10, compactCount(totals.requests), " requests"),
    { ...field(6, compactCount(totals.retries), " retries", 5), alarming: totals.retries > 0 },
  ];
}

function field(rank: number, number: string, unit: string, width = 7): Field {
  return { rank, width: width + unit.length, text: number.padStart(width) + unit };
}

/** Ranks of the fields that fit beside each other. */
function fitting(fields: readonly Field[], room: number): ReadonlySet<number> {
  const shown = new Set<number>();
  let left = room;
  for (const { rank, width } of fields.toSorted((a, b) => a.rank - b.rank)) {
    if (width + GAP > left) break;
    shown.add(rank);
    left -= width + GAP;
  }
  return shown;
}

function sideLine(side: Side, fields: readonly Field[], shown: ReadonlySet<number>): Line {
  const texts = fields
    .filter(({ rank }) => shown.has(rank))
    .map(({ text, width, alarming }) => span(text.padEnd(width + GAP), alarming ? "warn" : undefined));
  return [span(` ${side.padEnd(LABEL - 1)}`, "dim"), ...texts];
}
