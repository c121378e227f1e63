import type { RestorePhase } from "../restore/restore-events.ts";
import type { DrillPhase } from "./drill-result.ts";

const PHASE_OF: Record<RestorePhase, DrillPhase> = {
  reading: "read",
  planning: "read",
  asking: "read",
  writing: "write",
  sharing: "write",
  verifying: "verify",
};

/** How long a drill is in each of its phases; it begins with reading. */
export class DrillClock {
  readonly #spent: Record<DrillPhase, number> = {
    read: 0,
    make: 0,
    write: 0,
    verify: 0,
    compare: 0,
    remove: 0,
  };
  #phase: DrillPhase = "read";
  #since = performance.now();

  enter(phase: DrillPhase): void {
    const now = performance.now();
    this.#spent[this.#phase] += now - this.#since;
    this.#phase = phase;
    this.#since = now;
  }

  enterRestore(phase: RestorePhase): void {
    this.enter(PHASE_OF[phase]);
  }

  /** Whole milliseconds up to now. */
  get phases(): Record<DrillPhase, number> {
    this.enter(this.#phase);
    const { read, make, write, verify, compare, remove } = this.#spent;
    const whole = Math.round;
    return {
      read: whole(read),
      make: whole(make),
      write: whole(write),
      verify: whole(verify),
      compare: whole(compare),
      remove: whole(remove),
    };
  }
}
