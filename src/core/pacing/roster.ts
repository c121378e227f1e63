import type { Heartbeat } from "./heartbeat.ts";
import { GONE_MS } from "./parameters.ts";
import type { Demand } from "./share.ts";

/** What the others are seen to do with one limit. */
export interface MeterSight {
  demand: Demand;
  /** Units, those of workers that are gone too. */
  consumed: number;
  /** How many the table throttles. */
  throttled: number;
}

/** What a worker sees of the others. */
export interface Sight {
  alive: number;
  /** Billionths of a dollar, those of workers that are gone too. */
  charged: number;
  meters: ReadonlyMap<string, MeterSight>;
}

interface GrowingSight extends MeterSight {
  demand: { bounded: number[]; unbounded: number };
}

/**
 * Who is alive. No clock but the own one is looked at: a worker is alive as long as its heartbeats go on. One that is seen for the
 * first time counts as alive until it has been silent for long enough, also when it stopped long ago: that errs on the safe side.
 */
export class Roster {
  readonly #self: string;
  readonly #seen = new Map<string, { beat: Heartbeat; at: number }>();

  constructor(self: string) {
    this.#self = self;
  }

  /**
   * @param beats in any order; one that is missing for once is remembered, and of two of a worker the newer counts
   * @param meters names of the limits to look at
   */
  look(beats: Iterable<Heartbeat>, meters: Iterable<string>, now: number): Sight {
    for (const beat of beats) this.#see(beat, now);
    const sights = Array.from(meters, (name): [string, GrowingSight] => [
      name,
      { demand: { bounded: [], unbounded: 0 }, consumed: 0, throttled: 0 },
    ]);
    let [alive, charged] = [0, 0];
    for (const { beat, at } of this.#seen.values()) {
      const living = !beat.left && now - at < GONE_MS;
      if (living) alive++;
      charged += beat.charged;
      for (const [name, sight] of sights) add(sight, beat, name, living);
    }
    return { alive, charged, meters: new Map(sights) };
  }

  #see(beat: Heartbeat, now: number): void {
    if (beat.worker === this.#self) return;
    const seen = this.#seen.get(beat.worker);
    if (seen === undefined) this.#seen.set(beat.worker, { beat, at: now });
    else if (beat.sequence > seen.beat.sequence) {
      seen.beat = beat;
      seen.at = now;
    }
  }
}

function add(sight: GrowingSight, { meters }: Heartbeat, name: string, living: boolean): void {
  const meter = meters[name];
  if (meter === undefined) return;
  sight.consumed += meter.consumed;
  if (!living) return;
  if (meter.throttled) sight.throttled++;
  if (meter.wanted === Number.POSITIVE_INFINITY) sight.demand.unbounded++;
  else sight.demand.bounded.push(meter.wanted);
}
