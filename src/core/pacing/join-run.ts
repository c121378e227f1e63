import { setTimeout as sleep } from "node:timers/promises";
import pLimit from "p-limit";
import type { Pace } from "../table/pace.ts";
import type { HeartbeatPlace } from "./heartbeat.ts";
import { steadyClock } from "./steady-clock.ts";
import { WorkerPacing, type WorkerPacingOptions } from "./worker-pacing.ts";

export interface JoinedRun {
  /**
   * One worker's share, by the name of the limit. `ready` rejects when the budget is spent (`interrupted`), or with what kept the
   * heartbeats from going on.
   */
  pace(name: string): Pace;
  /** Aborts with the reason when the budget is as good as spent: what is under way may come to an end, nothing new is to be begun. */
  readonly ending: AbortSignal;
  /** Tells the others that this worker is done; to be called when nothing is under way any more. */
  leave(): Promise<void>;
}

export interface JoinOptions extends Omit<WorkerPacingOptions, "now"> {
  place: HeartbeatPlace;
  signal?: AbortSignal;
  time?: Time;
}

/** Time for the pacing of a run, milliseconds. */
export interface Time {
  now(): number;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** Takes part in a run's limits until it leaves. Its paces let nothing through before all others know of it, some seconds later. */
export async function joinRun({
  place,
  signal,
  time = realTime(),
  ...options
}: JoinOptions): Promise<JoinedRun> {
  const pacing = new WorkerPacing({ ...options, now: time.now() });
  const stop = new AbortController();
  const stopped = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal;
  const ending = new AbortController();
  let failure: unknown;

  const exchange = async () => {
    const startedAt = time.now();
    const beat = pacing.beat(startedAt);
    if (pacing.ending !== undefined) ending.abort(pacing.ending);
    await place.publish(beat, stopped);
    const publishedAt = time.now();
    pacing.published(beat, startedAt, publishedAt);
    const beats = await place.read(stopped);
    pacing.heard(beats, publishedAt, time.now());
  };
  const goOn = async () => {
    try {
      for (;;) {
        await time.sleep(pacing.nextIn(time.now()), stopped);
        await exchange();
      }
    } catch (error) {
      if (!stopped.aborted) failure = error;
    }
  };

  pacing.resume(await place.read(signal));
  await exchange();
  const goneOn = goOn();

  const pace = (name: string): Pace => {
    const inTurn = pLimit(1);
    return {
      get rate() {
        return pacing.rate(name, time.now());
      },
      ready: (expectedUnits, given) =>
        inTurn(async () => {
          for (;;) {
            given?.throwIfAborted();
            if (failure !== undefined) throw failure;
            const wait = pacing.take(name, expectedUnits, time.now());
            if (wait === 0) return;
            await time.sleep(wait, given);
          }
        }),
      spent: (units) => pacing.spent(name, units),
      throttled: () => pacing.throttled(name, time.now()),
    };
  };

  return {
    pace,
    ending: ending.signal,
    async leave() {
      stop.abort();
      await goneOn;
      await place.publish(pacing.leave(time.now()));
    },
  };
}

function realTime(): Time {
  return { now: steadyClock(), sleep: (ms, signal) => sleep(ms, undefined, signal ? { signal } : {}) };
}
