import type { Side } from "../../core/diff/diff-events.ts";
import { byteCount, compactCount, compactRate } from "../format/numbers.ts";
import type { Line } from "../format/spans.ts";
import type { Frame } from "../state/frame.ts";
import { labelsOf } from "../state/run-state.ts";
import type { Canvas } from "../terminal/canvas.ts";
import { type Field, field, fieldLines, fieldsLine } from "./fields.ts";

/** `primary  18.4 M items   4.6 GB   31 k items/s   980 RCU/s   3 retries`, in the same columns for both sides. */
export function sideLines(frame: Frame, canvas: Canvas): Line[] {
  const labels = labelsOf(frame.state);
  const sides = ["primary", "replica"] as const;
  return fieldLines(
    sides.map((side) => ({ label: labels[side], fields: fieldsOf(side, frame) })),
    canvas,
  );
}

/** Both sides in one line, for low terminals. */
export function sumLine(frame: Frame, canvas: Canvas): Line {
  const { primary, replica } = frame.state.totals;
  const { rates } = frame;
  return fieldsLine(
    [
      field(1, compactCount(primary.items + replica.items), " items"),
      field(2, compactRate(rates.primary.items + rates.replica.items), " items/s"),
      field(3, compactRate(rates.primary.readUnits + rates.replica.readUnits), " RCU/s"),
      field(4, compactCount(primary.retries + replica.retries), " retries"),
    ],
    canvas,
  );
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
