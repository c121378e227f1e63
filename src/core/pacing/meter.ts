import { Ceiling } from "./ceiling.ts";
import { Claims } from "./claims.ts";
import { corrected, type Sample, withSample } from "./correction.ts";
import type { MeterBeat } from "./heartbeat.ts";
import type { Sight } from "./roster.ts";
import { isSought, shareOf, wantedBy } from "./share.ts";
import { TokenBucket } from "./token-bucket.ts";

/** A worker that has just begun judges nothing yet: the others begin with it. */
const SETTLED_MS = 20_000;

/** Each heartbeat without throttles makes up for one with them; no more than these are remembered. */
const MOST_THROTTLED_BEATS = 6;

export interface MeterOptions {
  /** Its name among the run's limits. */
  name: string;
  /** Units a second of the whole run; Infinity for units that are only counted, for what they cost. */
  limit: number;
  /** From 0 to 1. */
  random: () => number;
  now: number;
}

/** One limit in one worker: its share of it, and what it does with it. Times are milliseconds of any steady clock. */
export class Meter {
  readonly name: string;
  readonly #limit: number;
  readonly #bucket = new TokenBucket();
  readonly #ceiling: Ceiling;
  readonly #claims = new Claims();
  #correction = 1;
  #samples: readonly Sample[] = [];
  #joinedAt: number;
  #heardAt: number;
  /** Units a second. */
  #share = 0;
  #equalShare = 0;
  #throttledPart = 0;
  #leaseUntil = Number.NEGATIVE_INFINITY;
  #consumed = 0;
  /** Since the last heartbeat. */
  #beat: { at: number; consumed: number; heldMs: number; throttled: boolean };
  #heldSince: number | undefined;
  #throttledBeats = 0;

  constructor({ name, limit, random, now }: MeterOptions) {
    this.name = name;
    this.#limit = limit;
    this.#ceiling = new Ceiling(random);
    this.#joinedAt = now;
    this.#heardAt = now;
    this.#beat = { at: now, consumed: 0, heldMs: 0, throttled: false };
  }

  /** Units a second that this worker may consume now. */
  rate(now: number): number {
    if (this.#limit === Number.POSITIVE_INFINITY) return this.#limit;
    return now > this.#leaseUntil ? 0 : Math.min(this.#share, this.#ceiling.height(this.#share, now));
  }

  /** Books units when their turn has come. @returns milliseconds to wait before asking again, 0 when they are booked */
  take(units: number, now: number): number {
    if (this.#limit === Number.POSITIVE_INFINITY) return 0;
    const rate = this.rate(now);
    if (!this.#bucket.take(units, rate, now)) {
      this.#heldSince ??= now;
      return Math.max(1, this.#bucket.wait(rate));
    }
    this.#beat.heldMs += now - (this.#heldSince ?? now);
    this.#heldSince = undefined;
    return 0;
  }

  /** Settles the oldest booking. */
  spent(units: number): void {
    this.#bucket.settle(units);
    this.#consumed += units;
  }

  /** The table has refused a request because it came too fast. */
  throttled(now: number): void {
    this.#beat.throttled = true;
    if (this.#limit < Number.POSITIVE_INFINITY) this.#ceiling.throttled(this.rate(now), now);
  }

  /** Goes on counting where an earlier worker of the same name stopped. */
  inherit({ consumed }: MeterBeat): void {
    this.#consumed += consumed;
    this.#beat.consumed += consumed;
  }

  /** What the others are told. Begins the next interval. */
  tell(now: number): MeterBeat {
    const seconds = Math.max(1, now - this.#beat.at) / 1000;
    if (this.#heldSince !== undefined) {
      this.#beat.heldMs += now - this.#heldSince;
      this.#heldSince = now;
    }
    this.#throttledBeats = this.#beat.throttled
      ? Math.min(MOST_THROTTLED_BEATS, this.#throttledBeats + 1)
      : Math.max(0, this.#throttledBeats - 1);
    const wanted = wantedBy({
      used: (this.#consumed - this.#beat.consumed) / seconds,
      held: this.#beat.heldMs / 1000 / seconds,
      throttledBeats: this.#throttledBeats,
      throttledPart: this.#throttledPart,
      equalShare: this.#equalShare,
    });
    const told: MeterBeat = {
      consumed: this.#consumed,
      // Nothing has been tried before the first share: then all is wanted.
      wanted: this.#share === 0 ? Number.POSITIVE_INFINITY : wanted,
      throttled: this.#beat.throttled,
    };
    this.#beat = { at: now, consumed: this.#consumed, heldMs: 0, throttled: false };
    return told;
  }

  /** The others can read it now. */
  told({ wanted }: MeterBeat, now: number): void {
    this.#claims.tell(wanted, now);
  }

  /** What the others are seen to do. @param leaseUntil how long that is to be relied on */
  heard(sight: Sight, leaseUntil: number, now: number): void {
    const seen = sight.meters.get(this.name);
    if (seen === undefined || this.#limit === Number.POSITIVE_INFINITY) return;
    this.#leaseUntil = leaseUntil;
    const { demand } = seen;
    this.#equalShare = this.#limit / (sight.alive + 1);
    this.#throttledPart = seen.throttled / Math.max(1, sight.alive);
    if (now - this.#joinedAt > SETTLED_MS) {
      this.#samples = withSample(this.#samples, { at: now, units: seen.consumed + this.#consumed });
    }
    this.#correction = corrected(this.#correction, now - this.#heardAt, {
      samples: this.#samples,
      limit: this.#limit,
      sought: isSought(this.#limit, demand, this.#claims.told),
      throttledPart: this.#throttledPart,
    });
    this.#heardAt = now;
    this.#share = shareOf(this.#limit * this.#correction, demand, this.#claims.ripe(now));
  }

  /** Begins anew as one that the others don't count: what was its own is theirs meanwhile. */
  rejoin(now: number): void {
    this.#claims.forget();
    this.#samples = [];
    this.#joinedAt = now;
    this.#leaseUntil = Number.NEGATIVE_INFINITY;
    this.#share = 0;
  }
}
