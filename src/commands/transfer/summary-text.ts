import type { EndTotals, FingerprintTold, TransferSummary } from "../../core/transfer/transfer-events.ts";
import { formatBytes, formatCount, formatDuration, formatUnits, plural } from "../output/figures.ts";

/** What a transfer came to, in a few lines for people: the verdict first, then what it cost. */
export function transferSummaryLines(summary: TransferSummary): string[] {
  const { totals, elapsedMs } = summary;
  if (summary.job === "fingerprint") return fingerprintLines(summary);
  const rate = totals.written / Math.max(elapsedMs / 1000, 0.001);
  return [
    verdict(summary),
    ...notDone(summary),
    `read: ${plural(totals.read, "item")}${endFigures(totals.source)}`,
    `wrote: ${formatBytes(totals.rawBytes)}${stored(summary)}${endFigures(totals.destination)}`,
    `took ${formatDuration(elapsedMs)}, ${formatCount(rate)} items/s`,
  ];
}

function fingerprintLines(summary: TransferSummary): string[] {
  const { totals, elapsedMs, failure, fingerprint, wrote } = summary;
  const took = `read: ${plural(totals.read, "item")}${endFigures(totals.source)}, in ${formatDuration(elapsedMs)}`;
  if (fingerprint === undefined) {
    const end = summary.outcome === "interrupted" ? "stopped" : "incomplete";
    return [`${end}: no fingerprint`, ...(failure === undefined ? [] : [`failed: ${failure}`]), took];
  }
  return [
    `fingerprint ${fingerprint.digest.slice(0, SHORT_DIGEST)} of ${plural(fingerprint.items, "item")}, ${formatCount(fingerprint.buckets)} buckets`,
    ...agreement(fingerprint),
    ...(totals.foreign > 0 ? [`${plural(totals.foreign, "foreign object")} passed over`] : []),
    ...(wrote === "" ? [] : [`written to ${wrote}`]),
    took,
  ];
}

/** Enough to compare by eye. */
const SHORT_DIGEST = 16;

function agreement({ differing }: FingerprintTold): string[] {
  if (differing === undefined) return [];
  if (differing === 0) return ["agrees with the fingerprint in the manifest"];
  return [
    `NOT what the manifest says: ${plural(differing, "bucket")} ${differing === 1 ? "differs" : "differ"}`,
  ];
}

function verdict({ job, outcome, totals, wrote, worker, segments, ofSegments }: TransferSummary): string {
  const end = { complete: "", incomplete: "incomplete: ", interrupted: "stopped: " }[outcome];
  // A file that is not whole is not there.
  const what =
    job === "snapshot" && totals.segmentsDone === 0
      ? `nothing written to ${wrote}`
      : `${plural(totals.written, "item")} written to ${wrote}`;
  const kept = totals.kept > 0 ? `, ${formatCount(totals.kept)} there already` : "";
  const foreign = totals.foreign > 0 ? `, ${plural(totals.foreign, "foreign object")} passed over` : "";
  const who = worker
    ? `this worker has done ${formatCount(segments)} of ${plural(ofSegments, "segment")}, `
    : "";
  return `${end}${who}${what}${kept}${foreign}`;
}

function notDone(summary: TransferSummary): string[] {
  const { job, jobId, outcome, failure, totals, segments, ofSegments, worker, collected } = summary;
  const lines: string[] = [];
  if (failure !== undefined) lines.push(`failed: ${failure}`);
  // How many workers go on is said by what they share.
  if (job === "snapshot" || worker || collected) return lines;
  if (outcome !== "complete") {
    lines.push(`${formatCount(totals.segmentsDone)} of ${plural(segments, "segment")} done`);
    lines.push(job === "backup" ? `to go on: --jobid ${jobId} --resume` : "to go on: --resume");
  } else if (segments < ofSegments) {
    lines.push(
      `${formatCount(segments)} of ${plural(ofSegments, "segment")}: whole when all are done (--jobid ${jobId})`,
    );
  }
  if (job === "backfill") lines.push("nothing was compared: check with incremental-diff");
  return lines;
}

function stored({ job, totals }: TransferSummary): string {
  return job === "backfill" ? "" : `, ${formatBytes(totals.storedBytes)} stored`;
}

function endFigures({ requests, readUnits, retries, throttles }: EndTotals): string {
  const units = readUnits > 0 ? `, ${formatUnits(readUnits)} read units` : "";
  return `${requests > 0 ? `, ${plural(requests, "request")}` : ""}${units}, ${plural(retries, "retry", "retries")} (${formatCount(throttles)} throttled)`;
}
