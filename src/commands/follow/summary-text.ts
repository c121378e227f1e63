import type { FollowEndTotals, FollowSummary } from "../../core/follow/follow-events.ts";
import { formatBytes, formatCount, formatDuration, formatUnits, plural } from "../output/figures.ts";

/** What a run came to, in a few lines for people: the verdict first, then what it cost. */
export function followSummaryLines({
  outcome,
  totals,
  elapsedMs,
  lagMs,
  checkpoint,
  failure,
}: FollowSummary): string[] {
  const end = { "caught-up": "caught up: ", incomplete: "incomplete: ", interrupted: "stopped: " }[outcome];
  return [
    `${end}${plural(totals.written, "record")} written, ${lagText(lagMs)}`,
    ...(failure === undefined ? [] : [`failed: ${failure}`]),
    ...(totals.skipped > 0
      ? [`${plural(totals.skipped, "record")} given up on: mend them by their keys`]
      : []),
    ...(totals.lost > 0 ? [`records of ${plural(totals.lost, "shard")} were lost: compare and repair`] : []),
    `read: ${plural(totals.read, "record")}${otherwise("superseded", totals.superseded)}${otherwise("repeated", totals.repeated)}${otherwise("passed over", totals.passedOver)}, ${endFigures(totals.stream)}`,
    `wrote: ${endFigures(totals.target)}`,
    `took ${formatDuration(elapsedMs)}; goes on from ${checkpoint}`,
  ];
}

/** `up to date`, `3.2s behind` */
export function lagText(lagMs: number | undefined): string {
  if (lagMs === undefined) return "nothing done yet";
  return lagMs === 0 ? "up to date" : `${formatDuration(lagMs)} behind`;
}

function otherwise(word: string, count: number): string {
  return count > 0 ? `, ${formatCount(count)} ${word}` : "";
}

function endFigures({ requests, bytes, writeUnits, retries, throttles }: FollowEndTotals): string {
  // Of writes to a table the answers come without what was written.
  const size = writeUnits > 0 ? `${formatUnits(writeUnits)} write units` : formatBytes(bytes);
  return `${plural(requests, "request")}, ${size}, ${plural(retries, "retry", "retries")} (${formatCount(throttles)} throttled)`;
}
