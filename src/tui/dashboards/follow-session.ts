import type { FollowEnd, FollowEvent, FollowSummary } from "../../core/follow/follow-events.ts";
import type { FollowControls } from "../../core/follow/follow-options.ts";
import {
  FOLLOW_COUNTERS,
  type FollowCounter,
  type FollowFrame,
  followCounters,
} from "../state/follow/follow-frame.ts";
import { type FollowState, INITIAL_FOLLOW, reduceFollow } from "../state/follow/follow-state.ts";
import { RateHistory } from "../state/follow/rate-history.ts";
import { Meters } from "../state/meters.ts";
import type { Activity } from "../state/pulse.ts";
import { RunControl } from "../state/run-control.ts";

/** Runs the job; its promise settles after the job has emitted `finished`. */
export type RunFollow = (controls: Required<FollowControls>) => Promise<FollowSummary>;

/** The run behind a dashboard: what it has told so far, and what the user wants of it. */
export class FollowSession {
  readonly #run: RunFollow;
  readonly #meters: Meters<FollowEnd, FollowCounter>;
  readonly #control: RunControl;
  readonly #history = new RateHistory();
  #state: FollowState = INITIAL_FOLLOW;

  constructor(run: RunFollow, now?: () => number) {
    this.#run = run;
    this.#meters = new Meters(FOLLOW_COUNTERS, now);
    this.#control = new RunControl(this.#meters);
  }

  async show(): Promise<FollowSummary> {
    const { signal, gate } = this.#control;
    this.#meters.restart();
    try {
      return await this.#run({ report: this.#report, signal, gate });
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

  stop(): void {
    this.#control.stop();
  }

  /** Nothing stays to be closed when the run is over. */
  quit(): void {
    this.stop();
  }

  togglePause(): void {
    if (!this.over) this.#control.togglePause();
  }

  frame(): FollowFrame {
    const state = this.#state;
    const counters = followCounters(state);
    const reading = this.#meters.read({ counters, over: this.over, fraction: 0 });
    this.#history.add(reading.elapsed, counters.stream.records);
    return {
      ...reading,
      state,
      activity: this.#activity,
      now: Date.now(),
      history: (seconds) => this.#history.last(seconds),
    };
  }

  readonly #report = (event: FollowEvent): void => {
    this.#state = reduceFollow(this.#state, event);
  };

  get #activity(): Activity {
    if (this.over) return "finished";
    if (this.stopping) return "stopping";
    return this.#control.paused ? "paused" : this.#state.phase;
  }
}
