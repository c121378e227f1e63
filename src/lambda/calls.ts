import type { RequestObserver } from "../core/diff/source.ts";

/** What was asked of DynamoDB and S3 meanwhile. */
export interface Calls {
  requests: number;
  retries: number;
  throttled: number;
  writeUnits: number;
  bytes: number;
}

const NONE: Calls = { requests: 0, retries: 0, throttled: 0, writeUnits: 0, bytes: 0 };

/** Counts calls from one batch to the next. */
export class CallCounter implements RequestObserver {
  #calls = { ...NONE };

  answered({ writeUnits = 0, bytes }: { writeUnits?: number; bytes: number }): void {
    this.#calls.requests++;
    this.#calls.writeUnits += writeUnits;
    this.#calls.bytes += bytes;
  }

  retried({ throttled }: { throttled: boolean }): void {
    this.#calls.retries++;
    if (throttled) this.#calls.throttled++;
  }

  /** What there was since this was asked last. */
  take(): Calls {
    const calls = this.#calls;
    this.#calls = { ...NONE };
    return calls;
  }
}
