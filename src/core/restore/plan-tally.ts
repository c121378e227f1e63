import type { WireKey } from "../item/attribute-value.ts";
import { type Change, type ChangeSink, kindOf, measureChange } from "./change.ts";
import type { ChangeCounts, LeftReason, RestorePlan, RestoreReport } from "./restore-events.ts";

const nothing = (): ChangeCounts => ({ items: 0, bytes: 0, writeUnits: 0 });

function emptyPlan(): RestorePlan {
  return {
    changes: { create: nothing(), replace: nothing(), delete: nothing() },
    equal: 0,
    left: { extraneous: 0, present: 0, "changed-since": 0, "not-in-backup": 0 },
  };
}

export const NO_PLAN: Readonly<RestorePlan> = emptyPlan();

/** Adds up a plan while it is made, and passes its changes on. */
export class PlanTally implements ChangeSink {
  readonly #sink: ChangeSink | undefined;
  readonly #report: RestoreReport;
  readonly plan: RestorePlan = emptyPlan();

  /** @param sink undefined: the changes are only counted */
  constructor(sink: ChangeSink | undefined, report: RestoreReport) {
    this.#sink = sink;
    this.#report = report;
  }

  add(change: Change): void {
    const counts = this.plan.changes[kindOf(change)];
    const { bytes, writeUnits } = measureChange(change);
    counts.items++;
    counts.bytes += bytes;
    counts.writeUnits += writeUnits;
    this.#sink?.add(change);
  }

  equal(): void {
    this.plan.equal++;
  }

  /** A record that differs and is left alone; named where a key is given. */
  left(reason: LeftReason, key?: WireKey): void {
    this.plan.left[reason]++;
    if (key !== undefined) this.#report({ type: "left", key, reason });
  }
}
