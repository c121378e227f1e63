import type { End } from "../../../core/transfer/transfer-events.ts";
import { byteCount, compactCount, compactRate } from "../../format/numbers.ts";
import type { Line } from "../../format/spans.ts";
import { endCounters, type TransferFrame } from "../../state/transfer/transfer-frame.ts";
import type { TransferState } from "../../state/transfer/transfer-state.ts";
import type { Canvas } from "../../terminal/canvas.ts";
import { type Field, field, fieldLines, fieldsLine } from "../fields.ts";

/** `read  18.4 M items   4.6 GB   31 k items/s   980 RCU/s   3 retries`; `written …` in the same columns. */
export function endLines(frame: TransferFrame, canvas: Canvas): Line[] {
  const read = { label: "read", fields: fieldsOf("source", frame) };
  const written = { label: "written", fields: fieldsOf("destination", frame) };
  // A fingerprint is a small file, written at the end.
  return fieldLines(frame.state.job === "fingerprint" ? [read] : [read, written], canvas);
}

/** Both in one line, for low terminals. */
export function endsLine({ state, rates }: TransferFrame, canvas: Canvas): Line {
  const { totals, job } = state;
  const retries = totals.source.retries + totals.destination.retries;
  return fieldsLine(
    [
      field(1, compactCount(totals.written), job === "fingerprint" ? " read" : " written"),
      field(2, compactRate(rates.destination.items), " items/s"),
      field(3, byteCount(job === "fingerprint" ? totals.source.bytes : totals.storedBytes), ""),
      field(4, compactCount(retries), " retries"),
    ],
    canvas,
  );
}

function fieldsOf(end: End, { state, rates }: TransferFrame): Field[] {
  const counts = endCounters(state)[end];
  const rate = rates[end];
  const { requests, retries } = state.totals[end];
  return [
    field(1, compactCount(counts.items), " items"),
    field(4, byteCount(counts.bytes), "", 8),
    field(2, compactRate(rate.items), " items/s"),
    field(8, byteCount(rate.bytes), "/s", 8),
    loadOf(end, state, rate.readUnits),
    { ...field(5, compactCount(retries), " retries", 5), alarming: retries > 0 },
    field(9, compactCount(requests), " requests"),
  ];
}

/** What is asked of the end just now: read units of a table, requests under way at the store. */
function loadOf(end: End, { job, inFlight }: TransferState, readUnits: number): Field {
  const rank = 3;
  if (end === "source" && job !== "snapshot") return field(rank, compactRate(readUnits), " RCU/s");
  // A snapshot reads thousands of objects and writes one: what is under way is reading.
  if (end === "destination" && job === "snapshot") return { rank, width: 0, text: "" };
  return field(rank, compactCount(inFlight), " in flight", 5);
}
