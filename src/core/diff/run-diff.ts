import { randomBytes } from "node:crypto";
import { describeError } from "../errors.ts";
import type { WireKey } from "../item/attribute-value.ts";
import type { Ignored } from "../item/canonical.ts";
import { PauseGate } from "../pause-gate.ts";
import type { DiffEvent, DiffMode, DiffReport, DiffSummary, Side } from "./diff-events.ts";
import { addToTotals, countDiscrepancies, type DiffTotals, NO_TOTALS } from "./diff-totals.ts";
import { estimateDiff } from "./estimate.ts";
import type { UndoLog } from "./repair.ts";
import type { RecordSide, RequestObserver } from "./source.ts";

/** What every comparison is given. */
export interface DiffSetup {
  /** The side that is right, and the one that is compared with it. */
  primary: RecordSide;
  replica: RecordSide;
  mode: DiffMode;
  /** Write nothing. */
  dryRun: boolean;
  /** How many segments the tables are split into, and which of them to do. */
  segments: number;
  chosen: readonly number[];
  /** Segments done at the same time. */
  concurrency: number;
  /** Top-level attributes that comparing passes over. */
  ignored?: Ignored | undefined;
  /** Scans and look-ups are consistent reads, at twice the price. */
  consistent: boolean;
  /** How long both sides must stay the same, and different, to be called a discrepancy; milliseconds. */
  settleMs: number;
  /** Write units a second that the replica may be asked for; bounds how many repairs are read at once. */
  maxWriteUnits?: number | undefined;
  /** How long a repair's write is tried again, milliseconds. */
  patienceMs: number;
  undo?: UndoLog | undefined;
  /** Only these keys, instead of scanning. */
  keys?: Iterable<WireKey>;
  signal: AbortSignal;
  gate?: PauseGate;
  report: DiffReport;
  jobId?: string | undefined;
  /** Hears of the error that ends the run; the summary has it as text only. */
  failed?(error: unknown): void;
}

/** A run under way: its options, and what its parts share. */
export interface DiffRun extends Omit<DiffSetup, "failed"> {
  gate: PauseGate;
  /** Stops all parts: aborts when the user stops the run and when one part fails. */
  signal: AbortSignal;
  fail(error: unknown): void;
  /** Set once a part has failed. */
  failed(): boolean;
}

/**
 * Runs a comparison and tells of it. Resolves with the summary also when the run was
 * stopped or could not do everything; `outcome` says which. What was not done is reported as `undone`.
 * @param work does it, and returns how many candidates were left unconfirmed
 */
export async function runDiff(
  options: DiffSetup,
  work: (run: DiffRun) => Promise<number>,
): Promise<DiffSummary> {
  const {
    primary,
    replica,
    mode,
    dryRun,
    segments,
    chosen,
    jobId = randomBytes(4).toString("hex"),
  } = options;
  const startedAt = performance.now();
  let totals: DiffTotals = NO_TOTALS;
  const report = (event: DiffEvent) => {
    totals = addToTotals(totals, event);
    options.report(event);
  };
  primary.observe(observerOf("primary", report));
  replica.observe(observerOf("replica", report));
  report({
    type: "started",
    jobId,
    mode,
    dryRun,
    primary: primary.description,
    replica: replica.description,
    segments,
    chosen,
    estimate: estimateDiff(
      { primary: primary.description, replica: replica.description },
      { ...options, share: options.keys === undefined ? chosen.length / segments : 0 },
    ),
  });

  const failure = new AbortController();
  const run: DiffRun = {
    ...options,
    gate: options.gate ?? new PauseGate(),
    report,
    signal: AbortSignal.any([options.signal, failure.signal]),
    // What fails after the user has stopped the run fails because of that.
    fail(error) {
      if (options.signal.aborted || failure.signal.aborted) return;
      options.failed?.(error);
      failure.abort(error);
    },
    failed: () => failure.signal.aborted,
  };
  const unconfirmed = await work(run);

  const summary: DiffSummary = {
    jobId,
    mode,
    dryRun,
    labels: { primary: primary.description.label, replica: replica.description.label },
    outcome: options.signal.aborted && !run.failed() ? "interrupted" : outcomeOf(totals, run.failed()),
    totals,
    segments: options.keys === undefined ? chosen.length : 0,
    ofSegments: options.keys === undefined ? segments : 0,
    elapsedMs: Math.round(performance.now() - startedAt),
    unconfirmed,
    ...(run.failed() ? { failure: describeError(failure.signal.reason) } : {}),
  };
  report({ type: "finished", summary });
  return summary;
}

export function outcomeOf(totals: DiffTotals, failed: boolean): DiffSummary["outcome"] {
  const { repaired, undone, duplicates } = totals;
  if (failed || undone.keys + undone.segments > 0) return "incomplete";
  const mended = repaired.put + repaired.delete + repaired["by-others"];
  const remain = countDiscrepancies(totals) > mended || duplicates.found > duplicates.deleted;
  return remain ? "discrepancies" : "clean";
}

function observerOf(side: Side, report: DiffReport): RequestObserver {
  return {
    answered: (call) => report({ type: "answered", side, ...call }),
    retried: (call) => report({ type: "retried", side, ...call }),
  };
}
