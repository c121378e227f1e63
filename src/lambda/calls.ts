import type { RequestObserver } from "../core/diff/source.ts";
import type { DdbrError, ErrorCode } from "../core/errors.ts";
import { requestIdOf } from "./request-id.ts";

/** What was asked of DynamoDB and S3 meanwhile. */
export interface Calls {
  requests: number;
  retries: number;
  throttled: number;
  writeUnits: number;
  bytes: number;
}

/** Why a request was sent again. */
export interface Retry {
  operation: string;
  code: ErrorCode | undefined;
  requestId: string | undefined;
}

const NONE: Calls = { requests: 0, retries: 0, throttled: 0, writeUnits: 0, bytes: 0 };

/** Counts calls from one batch to the next. */
export class CallCounter implements RequestObserver {
  #calls = { ...NONE };
  #lastRetry: Retry | undefined;

  answered({ writeUnits = 0, bytes }: { writeUnits?: number; bytes: number }): void {
    this.#calls.requests++;
    this.#calls.writeUnits += writeUnits;
    this.#calls.bytes += bytes;
  }

  retried({ operation, throttled }: { operation: string; throttled: boolean }, error?: DdbrError): void {
    this.#calls.retries++;
    if (throttled) this.#calls.throttled++;
    // What DynamoDB leaves undone comes without an error.
    const code = error?.code ?? (throttled ? "throttled" : undefined);
    this.#lastRetry = { operation, code, requestId: error && requestIdOf(error) };
  }

  /** What there was since this was asked last. */
  take(): { calls: Calls; lastRetry: Retry | undefined } {
    const taken = { calls: this.#calls, lastRetry: this.#lastRetry };
    this.#calls = { ...NONE };
    this.#lastRetry = undefined;
    return taken;
  }
}
