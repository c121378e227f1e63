import { untilStopped } from "../until-stopped.ts";

/**
 * The writes that a target has on their way. One that is no longer waited for, because its batch was stopped, may yet take effect:
 * so nothing newer of its records is sent before it has ended. In a Lambda function that may be in the next call.
 */
export class WritesUnderWay {
  readonly #byRecord = new Map<string, Promise<unknown>>();

  /**
   * Begins a write of some records when earlier ones of them have ended, and waits for it. Rejects with the signal's reason as soon as
   * that aborts: it was not begun then, or goes on.
   * @param ids the records'; nobody else writes them meanwhile
   */
  async write<Outcome>(
    ids: readonly string[],
    begin: () => Promise<Outcome>,
    signal: AbortSignal,
  ): Promise<Outcome> {
    await untilStopped(Promise.allSettled(ids.map((id) => this.#byRecord.get(id))), signal);
    signal.throwIfAborted();
    const work = begin();
    for (const id of ids) this.#byRecord.set(id, work);
    const ended = () => {
      for (const id of ids) this.#byRecord.delete(id);
    };
    work.then(ended, ended);
    return untilStopped(work, signal);
  }

  /** Resolves when all have ended. */
  async ended(): Promise<void> {
    await Promise.allSettled(this.#byRecord.values());
  }
}
