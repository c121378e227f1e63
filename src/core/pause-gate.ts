import { once } from "node:events";

/** Where a job waits while the user has paused it. */
export class PauseGate {
  readonly #changes = new EventTarget();
  #paused = false;

  get paused(): boolean {
    return this.#paused;
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#changes.dispatchEvent(new Event("resume"));
  }

  /** Returns at once unless paused; rejects when the signal aborts meanwhile. */
  async passed(signal?: AbortSignal): Promise<void> {
    while (this.#paused) await once(this.#changes, "resume", signal ? { signal } : {});
  }
}
