import { DdbrError, describeError } from "../errors.ts";
import { PauseGate } from "../pause-gate.ts";
import type { FollowEvent, FollowSummary } from "./follow-events.ts";
import type { FollowControls, FollowOptions } from "./follow-options.ts";
import { addFollow, lagOf, NO_PROGRESS } from "./follow-progress.ts";
import { FollowRun } from "./follow-run.ts";

/**
 * Follows a table's stream: replays its shards onto a target, parents before their children, until it is stopped (or has caught up, where that
 * is wanted). Resolves with the summary also when it could not go on; `outcome` says which.
 */
export async function followStream(options: FollowOptions, controls: FollowControls): Promise<FollowSummary> {
  const startedAt = performance.now();
  let progress = NO_PROGRESS;
  const report = (event: FollowEvent) => {
    progress = addFollow(progress, event);
    controls.report(event);
  };
  options.observe?.(report);
  const failure = new AbortController();
  const done = new AbortController();
  const run = new FollowRun(options, {
    report,
    gate: controls.gate ?? new PauseGate(),
    fail: (error) => failure.abort(error),
    stop: AbortSignal.any([controls.signal, failure.signal, done.signal]),
    finish: () => done.abort(new DdbrError("interrupted", "caught up")),
  });
  await run.follow().catch((error) => failure.abort(error));

  const { totals } = progress;
  const failed = failure.signal.aborted || (!controls.signal.aborted && totals.skipped + totals.lost > 0);
  const summary: FollowSummary = {
    outcome: failed ? "incomplete" : controls.signal.aborted ? "interrupted" : "caught-up",
    totals,
    elapsedMs: Math.round(performance.now() - startedAt),
    lagMs: lagOf(progress, Date.now()),
    checkpoint: options.file.path,
    ...(failure.signal.aborted && { failure: describeError(failure.signal.reason) }),
  };
  report({ type: "finished", summary });
  return summary;
}
