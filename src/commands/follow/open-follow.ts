import { refuseOther } from "../../core/follow/checkpoint.ts";
import { openCheckpointFile } from "../../core/follow/checkpoint-file.ts";
import type { FollowEnd, FollowReport } from "../../core/follow/follow-events.ts";
import type { FollowOptions } from "../../core/follow/follow-options.ts";
import { openSkippedFile } from "../../core/follow/skipped-file.ts";
import { openStreamSource } from "../../core/follow/stream-source.ts";
import type { FollowRequest } from "./follow-request.ts";
import { targetText } from "./follow-target.ts";
import { describePrimary } from "./open-primary.ts";
import { openTarget } from "./open-target.ts";

/** Everything that a run needs, open. */
export interface OpenFollow {
  options: FollowOptions;
  close(): Promise<void>;
}

/** What a table, a store and a stream tell of their requests. */
export interface EndObserver {
  answered(call: { operation: string; bytes: number; writeUnits?: number }): void;
  retried(call: { operation: string; throttled: boolean }): void;
}

/** Opens and checks all that a run needs; what is wrong is said before anything is read or written. @throws DdbrError */
export async function openFollow(request: FollowRequest, signal: AbortSignal): Promise<OpenFollow> {
  let report: FollowReport = () => {};
  const observerOf = (end: FollowEnd): EndObserver => ({
    answered: ({ operation, bytes, writeUnits = 0 }) =>
      report({ type: "answered", end, operation, bytes, writeUnits }),
    retried: (call) => report({ type: "retried", end, ...call }),
  });
  const opened: { close(): void | Promise<void> }[] = [];
  const closeAll = async () => {
    for (const one of opened.toReversed()) await one.close();
  };
  try {
    const primary = await describePrimary(request, signal);
    const { target, id, warnings } = await openTarget(request, primary, observerOf("target"), signal);
    opened.push(target);
    const followed = { stream: primary.stream, createdAt: primary.createdAt, target: id };
    const file = await openCheckpointFile(request.checkpoint);
    opened.push(file);
    if (file.found !== undefined) refuseOther(file.found, followed, file.path);
    const skipped = request.skipFile === undefined ? undefined : openSkippedFile(request.skipFile);
    if (skipped !== undefined) opened.push(skipped);
    const source = await openStreamSource(request.primary, primary.stream, {
      access: request.primaryAccess,
      patienceMs: request.patienceMs,
      observer: observerOf("stream"),
    });
    opened.push(source);
    if (file.found !== undefined && request.startGiven) {
      warnings.push("there is a checkpoint to go on from: --start is for a first run, and does not count");
    }
    return {
      options: {
        source,
        target,
        kind: request.target.kind,
        primary: request.primary.text,
        targetName: targetText(request.target),
        followed,
        file,
        start: request.start,
        untilCaughtUp: request.untilCaughtUp,
        concurrency: request.concurrency,
        patienceMs: request.patienceMs,
        skipped,
        warnings,
        observe(told) {
          report = told;
        },
      },
      close: closeAll,
    };
  } catch (error) {
    await closeAll();
    signal.throwIfAborted();
    throw error;
  }
}
