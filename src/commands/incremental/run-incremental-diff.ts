import { diffFile } from "../../core/diff/compare-file.ts";
import { diffFolder } from "../../core/diff/compare-folder.ts";
import type { DiffMode, DiffSummary } from "../../core/diff/diff-events.ts";
import type { DiffTotals } from "../../core/diff/diff-totals.ts";
import { refuseIgnoredKey } from "../../core/diff/open-tables.ts";
import { createReportFile } from "../../core/diff/report-file.ts";
import type { DiffSetup } from "../../core/diff/run-diff.ts";
import { DdbrError } from "../../core/errors.ts";
import { escapeForTerminal } from "../../core/escape.ts";
import { DuplicateObjects } from "../../core/incremental/duplicate-objects.ts";
import { openRecordFolder } from "../../core/incremental/record-folder.ts";
import { ignoredAttributes } from "../../core/item/ignored.ts";
import { chooseSegments, segmentsForSize } from "../../core/segments.ts";
import type { ObjectStore } from "../../core/store/object-store.ts";
import type { Table } from "../../core/table/table.ts";
import { type DiffHooks, exitCodeFor, showDiff } from "../diff/show-diff.ts";
import { budgetText } from "../options/cost.ts";
import { openRequestedTable, paceTableAlone, withPacing } from "../options/table-request.ts";
import { ask, canAsk } from "../output/ask.ts";
import { formatBytes, formatCount } from "../output/figures.ts";
import type { OutputMode } from "../output/mode.ts";
import { stopSignals } from "../output/stop-signals.ts";
import { type FoundBackup, findBackup } from "./find-backup.ts";
import type { IncrementalDiffRequest } from "./incremental-diff-request.ts";
import { runFolderWorker } from "./run-folder-worker.ts";

/** `ddbr incremental-diff`, its words understood; returns the exit code. */
export async function runIncrementalDiff(
  request: IncrementalDiffRequest,
  mode: OutputMode,
  { yes }: { yes: boolean },
): Promise<number> {
  const pacing = paceTableAlone(request);
  const { table, backup, versioned } = await open(withPacing(request, pacing), mode);
  refuseIgnoredKey(table, request.ignore);
  const writes = request.mode === "repair" && !request.dryRun;
  if (writes && !yes && request.on?.join === undefined && canAsk()) {
    const agreed = await ask(
      question(request, table, backup, versioned),
      `Write to ${escapeForTerminal(backup.store.location.text)}?`,
    );
    if (!agreed) throw new DdbrError("interrupted", "nothing was written");
  }
  if (request.on !== undefined) {
    table.close();
    backup.store.close();
    const { runFolderOn } = await import("./run-folder-on.ts");
    return await runFolderOn(request, backup.store.location, request.on, mode);
  }
  if (request.job !== undefined) {
    table.close();
    backup.store.close();
    return await runFolderWorker(request, backup.store.location, request.job, mode);
  }
  const reportFile = request.reportFile === undefined ? undefined : createReportFile(request.reportFile);
  const duplicates = new DuplicateObjects();
  const run = (diffMode: DiffMode, hooks: DiffHooks, keys?: DiffSetup["keys"]) => {
    const signal = AbortSignal.any([hooks.signal, pacing.spent]);
    return compare(request, table, backup, duplicates, diffMode, { ...hooks, signal }, keys);
  };
  try {
    const summary = await showDiff({
      command: "incremental-diff",
      mode,
      run: (hooks) => run(request.mode, hooks),
      ...(request.mode === "check" &&
        backup.kind === "folder" && {
          repair: {
            question: (totals) => [...question(request, table, backup, versioned), repairCounts(totals)],
            run: (keys, hooks) => run("repair", hooks, keys),
          },
        }),
      listener: reportFile?.report,
    });
    pacing.spent.throwIfAborted();
    return exitCodeFor(summary);
  } finally {
    reportFile?.close();
    duplicates.close();
    table.close();
    backup.store.close();
  }
}

async function open(request: IncrementalDiffRequest, mode: OutputMode) {
  using stop = stopSignals();
  const table = await openRequestedTable(request, stop.signal);
  const backup = await findBackup(request.place, request.table.name, request.storeOptions, stop.signal);
  if (request.mode === "repair" && backup.kind === "files") {
    throw new DdbrError("usage", "a dump or a snapshot is not repaired", {
      subject: backup.name,
      hint: "make a new one; only an incremental folder can be repaired",
    });
  }
  const option = request.on === undefined ? "--state" : "--on";
  if ((request.job ?? request.on) !== undefined && backup.kind === "files") {
    throw new DdbrError(
      "usage",
      `a dump or a snapshot is compared by one process: ${option} is for a folder`,
      {
        subject: backup.name,
        hint: `leave ${option} away; or compare fingerprints, which many workers make: fingerprint, diff-fingerprints`,
      },
    );
  }
  // Asked for where somebody may read the answer: who only compares need not be allowed to ask.
  const mayWrite = backup.kind === "folder" && (request.mode === "repair" || mode === "dashboard");
  const versioned = mayWrite ? await keepsVersions(backup.store, stop.signal) : undefined;
  return { table, backup, versioned };
}

/** Undefined where it is not to be known. */
async function keepsVersions(store: ObjectStore, signal: AbortSignal): Promise<boolean | undefined> {
  return store.keepsVersions(signal).catch((error) => {
    if (error instanceof DdbrError && error.code === "permission") return undefined;
    throw error;
  });
}

function compare(
  request: IncrementalDiffRequest,
  table: Table,
  backup: FoundBackup,
  duplicates: DuplicateObjects,
  mode: DiffMode,
  hooks: DiffHooks,
  keys?: DiffSetup["keys"],
): Promise<DiffSummary> {
  const { schema, items, bytes } = table.description;
  const segments = request.segments ?? segmentsForSize(bytes);
  const setup = {
    mode,
    dryRun: request.dryRun,
    primary: table,
    segments,
    chosen: chooseSegments(segments, undefined, undefined),
    concurrency: request.concurrency,
    ignored: ignoredAttributes(request.ignore, true),
    consistent: request.tableOptions.consistent ?? false,
    settleMs: request.settleMs,
    patienceMs: request.storeOptions.patienceMs ?? 0,
    ...hooks,
    ...(keys && { keys }),
  };
  if (backup.kind === "files") {
    return diffFile({ ...setup, store: backup.store, files: backup.files, name: backup.name });
  }
  const replica = openRecordFolder(backup.store, schema, items);
  return diffFolder({ ...setup, replica, reads: request.reads, duplicates });
}

/** What somebody has to know before saying yes. */
function question(
  { cost }: IncrementalDiffRequest,
  { location, description: { items, bytes } }: Table,
  { store }: FoundBackup,
  versioned: boolean | undefined,
): string[] {
  const budget = budgetText(cost);
  return [
    `table   ${escapeForTerminal(location.text)}`,
    `        about ${formatCount(items)} items, ${formatBytes(bytes)}`,
    `backup  ${escapeForTerminal(store.location.text)}; this one is written to`,
    "Objects that are missing, or different, are put; those of records that the table does not have are DELETED,",
    "and so are second objects of a record, under older names.",
    whatStays(versioned),
    ...(budget === undefined ? [] : [`budget  ${budget}`]),
    ...(items === 0 ? ["The table seems to be EMPTY: is it the right one?"] : []),
  ];
}

function whatStays(versioned: boolean | undefined): string {
  if (versioned === undefined) {
    return "Whether the bucket keeps versions is not to be known: if not, what is replaced or deleted is gone.";
  }
  return versioned
    ? "The versions before stay in the backup's history."
    : "The bucket keeps NO versions: what is replaced or deleted is gone.";
}

function repairCounts({ discrepancies, duplicates }: DiffTotals): string {
  const { missing, different, extraneous } = discrepancies;
  const second = duplicates.found > 0 ? `, and ${formatCount(duplicates.found)} second objects` : "";
  return `Of all that was found: ${formatCount(missing + different)} to put, ${formatCount(extraneous)} to DELETE${second}.`;
}
