import { DdbrError, describeError } from "../errors.ts";
import { failed, notDone } from "./drill-checks.ts";
import type { CheckName, DrillCheck, DrillOutcome, DrillSetting } from "./drill-result.ts";

/** How far a drill has come, and what has ended it. */
export interface DrillCourse {
  setting: DrillSetting;
  /** The manifest holds one. */
  hasFingerprint: boolean;
  checks: readonly DrillCheck[];
  /** An error, or a restore's own words; undefined: none. */
  failure: unknown;
  /** What reading the source has failed with. */
  sourceFailure: unknown;
  stopped: boolean;
}

export interface DrillVerdict {
  outcome: DrillOutcome;
  failure: string | undefined;
  /** All that there are to be made, also those that it did not come to. */
  checks: DrillCheck[];
}

const UNRESTORABLE: ReadonlySet<unknown> = new Set(["damaged", "no-such-object", "archived", "schema"]);

/** Whether a failure to read a source says that it cannot be restored; others say nothing of it. */
export function showsUnrestorable(error: unknown): boolean {
  return error instanceof DdbrError && UNRESTORABLE.has(error.code);
}

export function judge(course: DrillCourse): DrillVerdict {
  const { checks, failure, sourceFailure, stopped } = course;
  const names = checkNames(course);
  if (failure !== undefined && failure === sourceFailure && showsUnrestorable(failure)) {
    return { outcome: "not-proved", failure: reasonOf(failure), checks: unreadable(names, failure) };
  }
  if (failure === undefined && checks.length === names.length) {
    const proved = checks.every(({ result }) => result === "passed");
    return { outcome: proved ? "proved" : "not-proved", failure: undefined, checks: [...checks] };
  }
  const left = notDone(
    names.slice(checks.length),
    stopped ? "stopped before" : "not everything could be done",
  );
  return {
    outcome: stopped ? "interrupted" : "incomplete",
    failure: stopped ? undefined : reasonOf(failure),
    checks: [...checks, ...left],
  };
}

function unreadable([first, ...others]: CheckName[], failure: unknown): DrillCheck[] {
  return [failed(first!, reasonOf(failure)), ...notDone(others, "the backup was not restored")];
}

/** In the order in which they are made. */
function checkNames({ setting: { against }, hasFingerprint }: DrillCourse): CheckName[] {
  return [
    "source",
    "written",
    "count",
    "items",
    ...(hasFingerprint ? (["manifest-fingerprint"] as const) : []),
    ...(against === undefined ? [] : (["against"] as const)),
  ];
}

function reasonOf(failure: unknown): string {
  return typeof failure === "string" ? failure : describeError(failure);
}
