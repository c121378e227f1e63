import { eachSegment } from "../segments.ts";
import { compareSegment } from "./compare-segment.ts";
import { confirmAll } from "./confirm-run.ts";
import type { DiffOptions } from "./diff-tables.ts";
import type { DiffRun } from "./run-diff.ts";

/** Compares, confirms and, where that is wanted, repairs. Returns how many candidates were left unconfirmed. */
export function compareTables(
  run: DiffRun,
  { primary, replica, waitingBytes, stretch }: DiffOptions,
): Promise<number> {
  return confirmAll(run, replica, async (confirmer) => {
    const comparison = {
      primary,
      replica,
      schema: primary.description.schema,
      ignored: run.ignored,
      consistent: run.consistent,
      waitingBytes: waitingBytes / run.concurrency,
      gate: run.gate,
      signal: run.signal,
      report: run.report,
      suspect: confirmer.add.bind(confirmer),
      stretch,
    };
    await eachSegment(run, (segment) => compareSegment(segment, run.segments, comparison));
  });
}
