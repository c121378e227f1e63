import { DdbrError } from "../../core/errors.ts";
import { PauseGate } from "../../core/pause-gate.ts";

/** What the user wants of a run: that it goes on, stands still, or stops. */
export class RunControl {
  readonly gate = new PauseGate();
  readonly #controller = new AbortController();
  readonly #clock: Clock;

  /** @param clock stands still while the run does */
  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get stopping(): boolean {
    return this.signal.aborted;
  }

  get paused(): boolean {
    return this.gate.paused;
  }

  /** Ends the run cleanly, also one that is paused. */
  stop(): void {
    if (this.stopping) return;
    this.#controller.abort(new DdbrError("interrupted", "stopped"));
    if (this.paused) this.#resume();
  }

  togglePause(): void {
    if (this.stopping || this.gate.locked) return;
    if (this.paused) this.#resume();
    else {
      this.gate.pause();
      this.#clock.pause();
    }
  }

  #resume(): void {
    this.gate.resume();
    this.#clock.resume();
  }
}

interface Clock {
  pause(): void;
  resume(): void;
}
