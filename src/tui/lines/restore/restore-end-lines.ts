import type { RestoreEnd } from "../../../core/restore/restore-events.ts";
import { byteCount, compactCount, compactRate } from "../../format/numbers.ts";
import type { Line } from "../../format/spans.ts";
import { type RestoreFrame, restoreCounters } from "../../state/restore/restore-frame.ts";
import type { Canvas } from "../../terminal/canvas.ts";
import { type Field, field, fieldLines, fieldsLine } from "../fields.ts";

/** `source  18.4 M items   4.6 GB   31 k items/s …`; `table …` in the same columns; while writing what is written. */
export function restoreEndLines(frame: RestoreFrame, canvas: Canvas): Line[] {
  return fieldLines(
    [
      { label: "source", fields: fieldsOf("source", frame) },
      { label: "table", fields: fieldsOf("table", frame) },
    ],
    canvas,
  );
}

/** Both in one line, for low terminals. */
export function restoreEndsLine(frame: RestoreFrame, canvas: Canvas): Line {
  const { state, rates } = frame;
  const { source, table } = state.totals;
  const counts = restoreCounters(state);
  const items = isWriting(frame)
    ? field(1, compactCount(counts.table.written), " written")
    : field(1, compactCount(source.items + table.items), " items");
  const rate = isWriting(frame) ? rates.table.written : rates.source.items + rates.table.items;
  return fieldsLine(
    [
      items,
      field(2, compactRate(rate), " items/s"),
      isWriting(frame)
        ? field(3, compactRate(rates.table.writeUnits), " WCU/s")
        : field(3, compactRate(rates.table.readUnits), " RCU/s"),
      field(4, compactCount(source.retries + table.retries), " retries"),
    ],
    canvas,
  );
}

function fieldsOf(end: RestoreEnd, frame: RestoreFrame): Field[] {
  const { state, rates } = frame;
  const { items, bytes, requests, retries, throttles } = state.totals[end];
  const { written } = restoreCounters(state)[end];
  const rate = rates[end];
  const writing = end === "table" && isWriting(frame);
  return [
    writing ? field(1, compactCount(written), " written") : field(1, compactCount(items), " items"),
    field(5, byteCount(bytes), "", 8),
    field(2, compactRate(writing ? rate.written : rate.items), " items/s"),
    end === "table" ? unitsOf(rate, writing) : blank(3),
    { ...field(6, compactCount(retries), " retries", 5), alarming: retries > 0 },
    { ...field(7, compactCount(throttles), " throttled", 5), alarming: throttles > 0 },
    field(9, compactCount(requests), " requests"),
  ];
}

function unitsOf(rate: { readUnits: number; writeUnits: number }, writing: boolean): Field {
  return writing
    ? field(3, compactRate(rate.writeUnits), " WCU/s")
    : field(3, compactRate(rate.readUnits), " RCU/s");
}

/** A place of the other row's. */
function blank(rank: number): Field {
  return { rank, width: 0, text: "" };
}

function isWriting({ state }: RestoreFrame): boolean {
  return state.lastPhase === "writing";
}
