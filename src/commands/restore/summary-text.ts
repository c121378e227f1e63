import { CHANGE_KINDS, type ChangeKind } from "../../core/restore/change.ts";
import type { RestorePlan, RestoreSummary, SharedRestore } from "../../core/restore/restore-events.ts";
import type { RestoreEndTotals } from "../../core/restore/restore-totals.ts";
import { formatBytes, formatCount, formatDuration, formatUnits, plural } from "../output/figures.ts";
import { leftText } from "./plan-text.ts";

/** What a restore came to, in a few lines for people: the verdict first, then what it cost. */
export function restoreSummaryLines(summary: RestoreSummary): string[] {
  const { totals, elapsedMs } = summary;
  return [
    verdict(summary),
    ...notDone(summary),
    ...undoLines(summary),
    ...(totals.foreign > 0 ? [`${plural(totals.foreign, "foreign object")} passed over`] : []),
    `source: ${endFigures(totals.source)}`,
    `table: ${endFigures(totals.table)}`,
    `took ${formatDuration(elapsedMs)}`,
  ];
}

function verdict(summary: RestoreSummary): string {
  const { shared } = summary;
  if (shared?.worker) return workerVerdict(summary, shared);
  const part = shared !== undefined && shared.done < shared.of;
  const done = part ? `${formatCount(shared.done)} of ${plural(shared.of, "segment")} done, ` : "";
  return wholeVerdict(summary, done);
}

/** What one worker does says nothing of the table. */
function workerVerdict(summary: RestoreSummary, { done, of }: SharedRestore): string {
  const { outcome, dryRun, totals } = summary;
  const end = outcome === "incomplete" ? "incomplete: " : outcome === "interrupted" ? "stopped: " : "";
  const wrote = dryRun ? `${plural(totals.source.items, "record")} compared` : writtenText(summary);
  const segments = `this worker has done ${formatCount(done)} of ${plural(of, "segment")}`;
  return `${end}${segments}, ${wrote}${othersText(summary)}`;
}

/** @param done how much of it many workers have done, where it is not all */
function wholeVerdict(summary: RestoreSummary, done: string): string {
  const { outcome, plan, created } = summary;
  const made = created ? "table made, " : "";
  const wrote = writtenText(summary);
  switch (outcome) {
    case "planned":
      return "dry run: nothing was written";
    case "restored":
      return isNothing(plan) ? nothingToDo(plan) : `restored and verified: ${made}${wrote}`;
    case "discrepancies":
      return `restored, but not everything is as planned: ${made}${wrote}${othersText(summary)}`;
    case "incomplete":
      return isUntouched(summary) ? "failed: nothing was written" : `incomplete: ${done}${made}${wrote}`;
    case "interrupted":
      return isUntouched(summary) ? "stopped: nothing was written" : `stopped: ${done}${made}${wrote}`;
  }
}

function nothingToDo(plan: RestorePlan | undefined): string {
  const equal = plural(plan?.equal ?? 0, "record");
  const left = plan === undefined ? "" : leftText(plan);
  return `nothing to do: ${equal} as they should be${left === "" ? "" : `, left alone: ${left}`}`;
}

/** No plan was carried out, so there is no undo file. */
function isUntouched({ undoFile, created, shared }: RestoreSummary): boolean {
  return undoFile === undefined && !created && shared === undefined;
}

function isNothing(plan: RestorePlan | undefined): boolean {
  return plan === undefined || CHANGE_KINDS.every((kind) => plan.changes[kind].items === 0);
}

/** `12 created, 3 replaced, 0 deleted, of which 5 by an earlier run` */
function writtenText({ totals: { written, before } }: RestoreSummary): string {
  const all = (kind: ChangeKind) => formatCount(written[kind] + before[kind]);
  const earlier = CHANGE_KINDS.reduce((sum, kind) => sum + before[kind], 0);
  const text = `${all("create")} created, ${all("replace")} replaced, ${all("delete")} deleted`;
  return earlier === 0 ? text : `${text}, of which ${formatCount(earlier)} by an earlier run`;
}

function othersText({ totals, plan }: RestoreSummary): string {
  const changed = (plan?.left["changed-since"] ?? 0) + (plan?.left["not-in-backup"] ?? 0);
  const parts = [
    ...(totals.raced > 0 ? [`${formatCount(totals.raced)} written by others meanwhile`] : []),
    ...(changed > 0 ? [`${formatCount(changed)} left alone, as others had written them`] : []),
    ...(totals.discrepancies > 0
      ? [`${plural(totals.discrepancies, "discrepancy", "discrepancies")} found by verifying`]
      : []),
  ];
  return parts.length === 0 ? "" : `; ${parts.join(", ")}`;
}

function notDone({ failure, totals }: RestoreSummary): string[] {
  return [
    ...(failure === undefined ? [] : [`failed: ${failure}`]),
    ...(totals.undone > 0 ? [`not done: ${plural(totals.undone, "record")}`] : []),
  ];
}

function undoLines({ undoFile, outcome, shared }: RestoreSummary): string[] {
  if (undoFile === undefined) return [];
  const goesOn = (outcome === "interrupted" || outcome === "incomplete") && shared === undefined;
  return [
    ...(goesOn ? [`to go on: the same words with --undo-file ${undoFile} --resume`] : []),
    `to take it back: ddbr undo ${undoFile}`,
  ];
}

function endFigures(end: RestoreEndTotals): string {
  const units = (count: number, name: string) => (count > 0 ? `, ${formatUnits(count)} ${name} units` : "");
  return (
    `${plural(end.items, "record")} read, ${formatBytes(end.bytes)} received, ${plural(end.requests, "request")}` +
    `${units(end.readUnits, "read")}${units(end.writeUnits, "write")}` +
    `, ${plural(end.retries, "retry", "retries")} (${formatCount(end.throttles)} throttled)`
  );
}
