import { once } from "node:events";

/** Where a job waits while the user has paused it. */
export class PauseGate {
  readonly #changes = new EventTarget();
  #paused = false;
  #locked = false;

  get paused(): boolean {
    return this.#paused;
  }

  /** Whether pausing it pauses nothing. */
  get locked(): boolean {
    return this.#locked;
  }

  pause(): void {
    this.#paused = !this.#locked;
  }

  /** Said by a job that is only watched from here: others do it, who would go on. */
  lock(): void {
    this.#locked = true;
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
