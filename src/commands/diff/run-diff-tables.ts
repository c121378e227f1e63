import type { DiffMode } from "../../core/diff/diff-events.ts";
import { diffTables } from "../../core/diff/diff-tables.ts";
import type { DiffTotals } from "../../core/diff/diff-totals.ts";
import { openTables, pairLimits } from "../../core/diff/open-tables.ts";
import { DdbrError } from "../../core/errors.ts";
import { escapeForTerminal } from "../../core/escape.ts";
import { ignoredAttributes } from "../../core/item/ignored.ts";
import { paceAlone } from "../../core/pacing/pace-alone.ts";
import type { RunPacing } from "../../core/pacing/run-pacing.ts";
import { chooseSegments, segmentsForSize } from "../../core/segments.ts";
import type { Table } from "../../core/table/table.ts";
import { budgetText } from "../options/cost.ts";
import { ask, canAsk } from "../output/ask.ts";
import { formatBytes, formatCount } from "../output/figures.ts";
import type { OutputMode } from "../output/mode.ts";
import { stopSignals } from "../output/stop-signals.ts";
import type { DiffRequest } from "./diff-request.ts";
import { openFiles } from "./open-files.ts";
import { runDiffWorker } from "./run-diff-worker.ts";
import { type DiffHooks, exitCodeFor, showDiff } from "./show-diff.ts";

/** `ddbr diff-tables`, its words understood: opens the tables, asks where something may be written, runs and shows. */
export async function runDiffTables(
  request: DiffRequest,
  mode: OutputMode,
  { yes, canRepair = true }: { yes: boolean; canRepair?: boolean },
): Promise<number> {
  const pacing = paceAlone(pairLimits(request));
  const tables = await describeTables(request, pacing);
  const { primary, replica } = tables;
  const writes = request.mode !== "check" && !request.dryRun;
  if (writes && !yes && request.on?.join === undefined && canAsk()) {
    const agreed = await ask(question(request, tables), `Write to ${replica.location.text}?`);
    if (!agreed) throw new DdbrError("interrupted", "nothing was written");
  }
  if (request.on !== undefined) {
    primary.close();
    replica.close();
    const { runDiffOn } = await import("./run-diff-on.ts");
    return await runDiffOn(request, request.on, mode);
  }
  if (request.job !== undefined) {
    primary.close();
    replica.close();
    return await runDiffWorker(request, request.job, mode);
  }
  const { undo, reportFile } = openFiles(request);
  const run = (diffMode: DiffMode, hooks: DiffHooks, keys?: Parameters<typeof diffTables>[0]["keys"]) =>
    diffTables({
      ...request,
      ...scope(request, tables),
      ...tables,
      ...hooks,
      signal: AbortSignal.any([hooks.signal, pacing.spent]),
      mode: diffMode,
      undo,
      ...(keys && { keys }),
    });
  try {
    const summary = await showDiff({
      command: "diff-tables",
      mode,
      run: (hooks) => run(request.mode, hooks),
      ...(request.mode === "check" &&
        canRepair && {
          repair: {
            question: (totals) => [...question({ ...request, mode: "repair" }, tables), repairCounts(totals)],
            run: (keys, hooks) => run("repair", hooks, keys),
          },
        }),
      listener: reportFile?.report,
    });
    pacing.spent.throwIfAborted();
    return exitCodeFor(summary);
  } finally {
    undo?.close();
    reportFile?.close();
    primary.close();
    replica.close();
  }
}

async function describeTables(
  request: DiffRequest,
  pacing: RunPacing,
): Promise<{ primary: Table; replica: Table }> {
  using stop = stopSignals();
  return await openTables(request, stop.signal, pacing);
}

function scope(request: DiffRequest, { primary, replica }: { primary: Table; replica: Table }) {
  const bytes = Math.max(primary.description.bytes, replica.description.bytes);
  const segments = request.segments ?? segmentsForSize(bytes, { sample: request.sample });
  return {
    segments,
    chosen: chooseSegments(segments, request.segment, request.sample),
    ignored: ignoredAttributes(request.ignore, request.globalTableAttributes),
  };
}

/** What somebody has to know before saying yes. */
function question(request: DiffRequest, { primary, replica }: { primary: Table; replica: Table }): string[] {
  const what =
    request.mode === "backfill"
      ? ["Every item of the primary is written over what the replica has;", "nothing is deleted."]
      : [
          "Records missing from the replica, or different there, are put;",
          "records that the primary does not have are DELETED from the replica.",
        ];
  const emptied = request.mode !== "backfill" && primary.description.items === 0;
  const budget = budgetText(request.cost);
  return [
    `primary  ${place(primary)}`,
    `         ${size(primary)}`,
    `replica  ${place(replica)}`,
    `         ${size(replica)}; this one is written to`,
    ...what,
    ...(budget === undefined ? [] : [`budget   ${budget}`]),
    ...(emptied ? ["The primary seems to be EMPTY: is it the right table?"] : []),
  ];
}

/** Where a table is, with its account: what tells it from another of the same name. */
function place({ location, arn }: Table): string {
  return escapeForTerminal(location.endpoint === undefined ? arn : location.text);
}

function size({ description: { items, bytes } }: Table): string {
  return `about ${formatCount(items)} items, ${formatBytes(bytes)}`;
}

function repairCounts({ discrepancies: { missing, different, extraneous } }: DiffTotals): string {
  return `Of all that was found: ${formatCount(missing + different)} to put, ${formatCount(extraneous)} to DELETE. No undo file is kept.`;
}
