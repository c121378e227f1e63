import type { PauseGate } from "../../core/pause-gate.ts";
import type {
  RestoreEnd,
  RestoreEvent,
  RestoreReport,
  RestoreSummary,
} from "../../core/restore/restore-events.ts";
import { Meters } from "../state/meters.ts";
import type { Activity } from "../state/pulse.ts";
import {
  type PlanQuestion,
  RESTORE_COUNTERS,
  type RestoreCounter,
  type RestoreFrame,
  restoreCounters,
} from "../state/restore/restore-frame.ts";
import { ownWork, phaseFraction } from "../state/restore/restore-progress.ts";
import { INITIAL_RESTORE, type RestoreState, reduceRestore } from "../state/restore/restore-state.ts";
import { RunControl } from "../state/run-control.ts";

export interface RestoreDashboardJob {
  report: RestoreReport;
  signal: AbortSignal;
  gate: PauseGate;
  /** Shows the plan and waits for the answer; a run that is stopped meanwhile is a no. */
  ask(question: PlanQuestion): Promise<boolean>;
}

/** Runs the job; its promise settles after the job has emitted `finished`. */
export type RunRestore = (job: RestoreDashboardJob) => Promise<RestoreSummary>;

interface Asked {
  question: PlanQuestion;
  answer(agreed: boolean): void;
}

/** The run behind a dashboard: what it has told so far, what it asks, and what the user wants of it. */
export class RestoreSession {
  readonly #run: RunRestore;
  readonly #writePrice: number;
  readonly #meters: Meters<RestoreEnd, RestoreCounter>;
  readonly #control: RunControl;
  #state: RestoreState = INITIAL_RESTORE;
  #asked: Asked | undefined;

  /** @param writePrice dollars for a million write units */
  constructor(run: RunRestore, { writePrice, now }: { writePrice: number; now?: () => number }) {
    this.#run = run;
    this.#writePrice = writePrice;
    this.#meters = new Meters(RESTORE_COUNTERS, now);
    this.#control = new RunControl(this.#meters);
  }

  async show(): Promise<RestoreSummary> {
    const { signal, gate } = this.#control;
    this.#meters.restart();
    try {
      return await this.#run({ report: this.#report, signal, gate, ask: (question) => this.#ask(question) });
    } finally {
      this.#meters.pause();
    }
  }

  get over(): boolean {
    return this.#state.phase === "finished";
  }

  get stopping(): boolean {
    return this.#control.stopping;
  }

  /** What is asked now. */
  get question(): PlanQuestion | undefined {
    return this.#asked?.question;
  }

  answer(agreed: boolean): void {
    this.#asked?.answer(agreed);
  }

  stop(): void {
    this.#control.stop();
    this.answer(false);
  }

  /** Nothing stays to be closed when the run is over. */
  quit(): void {
    this.stop();
  }

  togglePause(): void {
    if (!this.over && this.#asked === undefined) this.#control.togglePause();
  }

  frame(): RestoreFrame {
    const state = this.#state;
    const reading = this.#meters.read({
      counters: restoreCounters(state),
      over: this.over,
      fraction: this.#fraction,
      work: ownWork(state),
    });
    const { question } = this;
    return { state, activity: this.#activity, writePrice: this.#writePrice, question, ...reading };
  }

  readonly #report = (event: RestoreEvent): void => {
    this.#state = reduceRestore(this.#state, event);
    // Each phase has its own progress and time to go.
    if (event.type === "phase") this.#meters.restart();
    if (this.#control.paused) this.#meters.pause();
  };

  async #ask(question: PlanQuestion): Promise<boolean> {
    if (this.stopping) return false;
    if (this.#control.paused) this.#control.togglePause();
    const answered = Promise.withResolvers<boolean>();
    this.#asked = { question, answer: answered.resolve };
    // Who thinks about it is not waited for by the clock.
    this.#meters.pause();
    try {
      return await answered.promise;
    } finally {
      this.#asked = undefined;
      this.#meters.resume();
    }
  }

  get #activity(): Activity {
    if (this.over) return "finished";
    if (this.stopping) return "stopping";
    if (this.#control.paused) return "paused";
    return this.#state.phase === "starting" ? "starting" : "running";
  }

  get #fraction(): number {
    const outcome = this.#state.summary?.outcome;
    return outcome === "restored" || outcome === "planned" ? 1 : phaseFraction(this.#state);
  }
}
