import { DdbrError } from "../core/errors.ts";
import { joinJobPacing } from "../core/job/job-pacing.ts";
import { openJob } from "../core/job/open-job.ts";
import type { SegmentJob } from "../core/job/segment-job.ts";
import { SegmentBook, type SegmentState } from "../core/state/segment-book.ts";
import type { StatePlace } from "../core/state/state-place.ts";
import { type SegmentWork, workOnSegments } from "../core/state/worker.ts";
import { isPassing, NOTHING_SAVED, readRun } from "./run-event.ts";

/** How a segment stands at the end of a call. */
export interface SegmentAnswer {
  segment: number;
  /** `open`: to be gone on with by calling again. `held`: another worker has it; it may be free after `waitSeconds`. */
  status: "done" | "open" | "held";
  waitSeconds?: number;
}

/** What a function that was cut off has not saved is lost. */
const CHECKPOINT_MS = 30_000;
/** For so long nobody takes the segment of one that was cut off. */
const LEASE_MS = 30_000;
/** The holder may give it back long before its lease is over. */
const LONGEST_WAIT_SECONDS = 60;

/** One call of the function: goes on with a segment where the one before ended. */
export class SegmentCall {
  readonly #place: StatePlace;
  readonly #segment: number;
  readonly #signal: AbortSignal;
  readonly #book: SegmentBook;
  /** How often the segment has been taken; undefined when this call did not take it. */
  epoch: number | undefined;
  /** Whether the segment has got on, without being done. */
  isSaved = false;
  /** What ended the work after something was saved. */
  failure: unknown;

  /** @param signal aborts just before the function is cut off */
  constructor(place: StatePlace, segment: number, signal: AbortSignal) {
    this.#place = place;
    this.#segment = segment;
    this.#signal = signal;
    this.#book = new SegmentBook(place);
  }

  /** @param pauseMs asked when the work begins: after so many milliseconds it is time to save and to answer */
  async answer(pauseMs: () => number): Promise<SegmentAnswer> {
    const found = await this.#look();
    if (found.status === "free") await this.#work(pauseMs);
    const left = found.status === "free" ? await this.#look() : found;
    // Otherwise it would be called again and again for nothing.
    if (left.status === "free" && this.epoch !== undefined && !this.isSaved) throw NOTHING_SAVED;
    return answerOf(left);
  }

  async #look(): Promise<SegmentState> {
    const [state] = await this.#book.look([this.#segment], this.#signal);
    return state!;
  }

  async #work(pauseMs: () => number): Promise<void> {
    const signal = this.#signal;
    const record = await readRun(this.#place, signal);
    const { segments } = record;
    if (this.#segment >= segments) throw this.#noSuchSegment(segments);
    const job = await openJob(record, { checkpointMs: CHECKPOINT_MS, signal });
    // Not AbortSignal.timeout(): one that only AbortSignal.any() knows is forgotten by Node 24 when it collects garbage.
    const pause = new AbortController();
    const timer = setTimeout(() => pause.abort(), pauseMs());
    const options = {
      segments,
      segment: this.#segment,
      concurrency: 1,
      worker: workerOf(this.#segment),
      leaseMs: LEASE_MS,
      signal,
      pause: pause.signal,
      report(event: { type: string }) {
        // To wait here would have to be paid for.
        if (event.type === "waiting") pause.abort();
      },
    };
    try {
      await workOnSegments(this.#place, options, this.#watched(job));
    } catch (error) {
      if (!this.isSaved || (error !== signal.reason && !isPassing(error))) throw error;
      this.failure = error;
    } finally {
      clearTimeout(timer);
    }
  }

  #watched({ limits, work }: SegmentJob): SegmentWork {
    return async (lease, controls) => {
      const { segment } = lease;
      const { epoch, checkpoint } = lease.record;
      this.epoch = epoch;
      // By now the segment is this call's alone, and so is the name.
      const worker = workerOf(segment);
      const signal = this.#signal;
      await using pacing = await joinJobPacing({ place: this.#place, worker, ...limits, signal });
      const pause = AbortSignal.any([controls.pause, pacing.spent]);
      try {
        const result = await work(lease, { ...controls, pause, pacing });
        if (result === undefined) pacing.spent.throwIfAborted();
        return result;
      } finally {
        this.isSaved = lease.record.checkpoint !== checkpoint;
      }
    };
  }

  #noSuchSegment(segments: number): DdbrError {
    return new DdbrError("usage", `there is no segment ${this.#segment}: the last is ${segments - 1}`, {
      subject: this.#place.location.text,
    });
  }
}

function workerOf(segment: number): string {
  return `segment-${segment}`;
}

function answerOf({ segment, status, freeAt = 0 }: SegmentState): SegmentAnswer {
  if (status !== "held") return { segment, status: status === "done" ? "done" : "open" };
  const seconds = Math.ceil((freeAt - Date.now()) / 1000);
  return { segment, status, waitSeconds: Math.min(Math.max(seconds, 1), LONGEST_WAIT_SECONDS) };
}
