import type { Context } from "aws-lambda";
import { describeError } from "../core/errors.ts";
import { openStatePlace } from "../core/state/state-place.ts";
import { storeOptions } from "./bucket.ts";
import { beforeTimeout, untilLastMoment } from "./deadline.ts";
import * as variables from "./environment.ts";
import { failRun, NOTHING_SAVED, namesOf, readSegment, readState } from "./run-event.ts";
import { type SegmentAnswer, SegmentCall } from "./segment-call.ts";
import { begin, openTelemetry } from "./telemetry.ts";

/**
 * Works on one segment of a run, as long as the function may. The event is `{state, segment}`, the rest is told by the state.
 * @throws DdbrError `usage` that names the variable which is wrong
 */
export function createSegment(
  env: variables.Environment,
): (event: unknown, context: Context) => Promise<SegmentAnswer> {
  const options = storeOptions(env, "State");
  const marginMs = variables.seconds(env, "SegmentMargin");
  const telemetry = openTelemetry("segment");

  return async (event, context) => {
    const startedAt = performance.now();
    begin(telemetry, context);
    const signal = beforeTimeout(context);
    const told = () => ({ ...namesOf(event), elapsedMs: Math.round(performance.now() - startedAt) });
    try {
      const location = readState(event);
      const segment = readSegment(event);
      const place = await openStatePlace(location, { ...options, signal });
      try {
        const call = new SegmentCall(place, segment, signal);
        const answer = await call.answer(() => untilLastMoment(context, marginMs));
        const { epoch, isSaved, failure } = call;
        const problem = failure === undefined ? undefined : describeError(failure);
        telemetry.logger.info("segment", { ...told(), ...answer, epoch, isSaved, problem });
        return answer;
      } finally {
        place.close();
      }
    } catch (error) {
      throw failRun(telemetry, "segment failed", told(), error === signal.reason ? NOTHING_SAVED : error);
    }
  };
}
