import { randomBytes } from "node:crypto";
import type { RequestObserver } from "../diff/source.ts";
import { describeError } from "../errors.ts";
import type { KeySchema } from "../item/attribute-value.ts";
import { PauseGate } from "../pause-gate.ts";
import type { StoreObserver } from "../store/object-store.ts";
import type {
  End,
  FingerprintTold,
  TransferEvent,
  TransferJob,
  TransferReport,
  TransferSummary,
} from "./transfer-events.ts";
import { addTransfer, NO_TRANSFER } from "./transfer-totals.ts";

/** What every transfer is given. */
export interface TransferControls {
  signal: AbortSignal;
  gate?: PauseGate;
  report: TransferReport;
}

/** What a transfer says of itself before it starts. */
export interface TransferPlan {
  job: TransferJob;
  jobId?: string | undefined;
  source: string;
  destination: string;
  schema?: KeySchema;
  segments: number;
  chosen: readonly number[];
  estimate: { items: number; bytes: number; readUnits: number };
  /** What will have been written, for people. */
  wrote: string;
}

/** A transfer under way. */
export interface TransferRun {
  chosen: readonly number[];
  gate: PauseGate;
  /** Stops all parts: aborts when the user stops the run and when one part fails. */
  signal: AbortSignal;
  report: TransferReport;
  /** Says how many requests to the store a part of the run has under way. */
  inFlight(part: number, requests: number): void;
  fail(error: unknown): void;
  failed(): boolean;
}

/** The whole of it. */
export interface WholeTransferRun extends TransferRun {
  /** What a `fingerprint` job has come to. */
  fingerprinted(told: FingerprintTold): void;
}

/**
 * Runs a transfer and tells of it. Resolves with the summary also when the run was stopped or could not do
 * everything; `outcome` says which.
 */
export async function runTransfer(
  plan: TransferPlan,
  controls: TransferControls,
  work: (run: WholeTransferRun) => Promise<void>,
): Promise<TransferSummary> {
  const { job, wrote, segments, chosen, jobId = randomBytes(8).toString("hex"), ...told } = plan;
  const startedAt = performance.now();
  let totals = NO_TRANSFER;
  let fingerprint: FingerprintTold | undefined;
  const report = (event: TransferEvent) => {
    totals = addTransfer(totals, event);
    controls.report(event);
  };
  report({ type: "started", job, jobId, segments, chosen, ...told });

  const failure = new AbortController();
  const run: WholeTransferRun = {
    chosen,
    gate: controls.gate ?? new PauseGate(),
    signal: AbortSignal.any([controls.signal, failure.signal]),
    report,
    inFlight: sumInFlight(report),
    // What fails after the user has stopped the run fails because of that.
    fail: (error) => (controls.signal.aborted ? undefined : failure.abort(error)),
    failed: () => failure.signal.aborted,
    fingerprinted(told) {
      fingerprint = told;
    },
  };
  await work(run).catch(run.fail);

  const failed = run.failed() || totals.undone > 0;
  const summary: TransferSummary = {
    job,
    jobId,
    outcome: failed ? "incomplete" : controls.signal.aborted ? "interrupted" : "complete",
    totals,
    segments: chosen.length,
    ofSegments: segments,
    elapsedMs: Math.round(performance.now() - startedAt),
    wrote,
    ...(run.failed() ? { failure: describeError(failure.signal.reason) } : {}),
    ...(fingerprint === undefined ? {} : { fingerprint }),
  };
  report({ type: "finished", summary });
  return summary;
}

/** Tells how many requests to the store all parts of a run have under way. */
export function sumInFlight(report: TransferReport): TransferRun["inFlight"] {
  const requestsOf = new Map<number, number>();
  return (part, requests) => {
    requestsOf.set(part, requests);
    report({ type: "in-flight", requests: requestsOf.values().reduce((sum, count) => sum + count, 0) });
  };
}

/** Passes on what a table or a store tells of its requests. */
export function observerOf(end: End, report: TransferReport): RequestObserver & StoreObserver {
  return {
    answered: (call: { operation: string; bytes: number; readUnits?: number }) =>
      report({
        type: "answered",
        end,
        operation: call.operation,
        bytes: call.bytes,
        readUnits: call.readUnits ?? 0,
      }),
    retried: (call) => report({ type: "retried", end, ...call }),
  };
}
