import type { FollowEnd } from "../../../core/follow/follow-events.ts";
import { byteCount, compactCount, compactRate } from "../../format/numbers.ts";
import type { Line } from "../../format/spans.ts";
import { type FollowFrame, followCounters } from "../../state/follow/follow-frame.ts";
import type { Canvas } from "../../terminal/canvas.ts";
import { type Field, field, fieldLines, fieldsLine } from "../fields.ts";

/** `read  18.4 M records   4.6 GB   310 records/s   3 retries`; `written …` in the same columns. */
export function followEnds(frame: FollowFrame, canvas: Canvas): Line[] {
  return fieldLines(
    [
      { label: "read", fields: fieldsOf("stream", frame) },
      { label: "written", fields: fieldsOf("target", frame) },
    ],
    canvas,
  );
}

/** Both in one line, for low terminals. */
export function followEndsLine({ state, rates }: FollowFrame, canvas: Canvas): Line {
  const { totals } = state.progress;
  return fieldsLine(
    [
      field(1, compactCount(totals.written), " written"),
      field(2, compactRate(rates.target.records), "/s"),
      field(3, compactCount(totals.stream.retries + totals.target.retries), " retries"),
    ],
    canvas,
  );
}

function fieldsOf(end: FollowEnd, { state, rates }: FollowFrame): Field[] {
  const counts = followCounters(state)[end];
  const rate = rates[end];
  const { requests, retries } = state.progress.totals[end];
  const writesTable = end === "target" && state.kind === "replica";
  return [
    field(1, compactCount(counts.records), " records"),
    field(2, compactRate(rate.records), "/s"),
    { ...field(4, compactCount(retries), " retries", 5), alarming: retries > 0 },
    // What a table answers to writes says nothing of what was written.
    writesTable ? nothing(5) : field(5, byteCount(counts.bytes), "", 8),
    writesTable ? field(3, compactRate(rate.writeUnits), " WCU/s") : nothing(3),
    field(6, compactCount(requests), " requests"),
  ];
}

/** Keeps a column free. */
function nothing(rank: number): Field {
  return { rank, width: 0, text: "" };
}
