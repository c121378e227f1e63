import { untilStopped } from "../until-stopped.ts";
import { type Change, kindOf } from "./change.ts";
import type { ChangesProgress } from "./changes-notes.ts";
import { NO_CHANGES } from "./restore-totals.ts";

/**
 * What became of a change: `done`, also by an earlier attempt; `raced`: somebody else wrote the record, and it was left alone;
 * `undone`: the service refused it
 */
export type ChangeFate = "done" | "raced" | "undone";

/** Changes that are written together: one, or as many as a batch takes. */
export interface Portion {
  /** Let go of once they are settled: many portions may wait for one, and items may be large. */
  changes: readonly Change[];
  /** Where the last of them ends in the file. */
  end: number;
  /** How many of them became what, once they are settled. */
  settled?: Settled;
}

type Settled = Pick<ChangesProgress, "done" | "raced" | "undone">;

/** So many may wait for one before them, which bounds memory, and what a resumed run tries again. */
const MOST_WAITING = 4_000;

/**
 * Portions are settled in any order; this tells up to where all of them are, which is what can be noted as progress. Those behind a
 * portion that is not settled don't count before that is: a resumed run comes to them again.
 */
export class SettledChanges {
  /** In the file's order; the first is not settled. */
  readonly #waiting: Portion[] = [];
  #progress: ChangesProgress;
  #moved = Promise.withResolvers<void>();

  /** @param before where an earlier run has come to */
  constructor(before: ChangesProgress | undefined) {
    this.#progress = before ?? { offset: 0, done: NO_CHANGES, raced: 0, undone: 0 };
  }

  get progress(): ChangesProgress {
    return this.#progress;
  }

  /** A portion begins; resolves when there is room for one more. */
  async begin(portion: Portion, signal: AbortSignal): Promise<void> {
    this.#waiting.push(portion);
    while (this.#waiting.length > MOST_WAITING) await untilStopped(this.#moved.promise, signal);
  }

  /** @param fates one for each change */
  settle(portion: Portion, fates: readonly ChangeFate[]): void {
    portion.settled = countFates(portion.changes, fates);
    portion.changes = [];
    if (portion !== this.#waiting[0]) return;
    const unsettled = this.#waiting.findIndex((one) => one.settled === undefined);
    const settled = this.#waiting.splice(0, unsettled < 0 ? this.#waiting.length : unsettled);
    this.#progress = settled.reduce(addPortion, this.#progress);
    this.#moved.resolve();
    this.#moved = Promise.withResolvers();
  }
}

function countFates(changes: readonly Change[], fates: readonly ChangeFate[]): Settled {
  const counts = { done: { ...NO_CHANGES }, raced: 0, undone: 0 };
  for (const [index, change] of changes.entries()) {
    const fate = fates[index]!;
    if (fate === "done") counts.done[kindOf(change)]++;
    else counts[fate]++;
  }
  return counts;
}

function addPortion({ done, raced, undone }: ChangesProgress, { settled, end }: Portion): ChangesProgress {
  const { done: more, ...others } = settled!;
  return {
    offset: end,
    done: {
      create: done.create + more.create,
      replace: done.replace + more.replace,
      delete: done.delete + more.delete,
    },
    raced: raced + others.raced,
    undone: undone + others.undone,
  };
}
