import type { EngineRun } from "./engines.ts";
import { CALL_MARGIN_SECONDS, LAMBDA, SEGMENT_EXECUTION } from "./parameters.ts";

/** How often Lambda is called for the segments, and what that makes of their executions. */
export function segmentCalls({ seconds, workers, segments }: EngineRun): {
  /** Of all segments. */
  calls: number;
  transitions: number;
  /** Events of one segment's execution. */
  events: number;
} {
  const secondsOfSegment = (seconds * workers) / segments;
  const callsOfSegment = Math.max(1, Math.ceil(secondsOfSegment / (LAMBDA.seconds - CALL_MARGIN_SECONDS)));
  const { events, transitions } = SEGMENT_EXECUTION;
  return {
    calls: callsOfSegment * segments,
    transitions: segments * (callsOfSegment * transitions.call + transitions.beside),
    events: callsOfSegment * events.call + events.beside,
  };
}
