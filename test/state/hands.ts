import type { LeaseTerms } from "../../src/core/state/lease-terms.ts";
import type { SegmentLease } from "../../src/core/state/segment-lease.ts";
import type { StatePlace } from "../../src/core/state/state-place.ts";
import { takeSegment } from "../../src/core/state/take-segment.ts";
import type { StoreKind, TestPlace } from "../helpers/stores.ts";
import { withState } from "./opened-places.ts";

const MINUTE = 60_000;
export const LEASE_MS = 10 * MINUTE;
export const MARGIN_MS = MINUTE;
export const START = Date.parse("2026-01-01T00:00:00Z");

/** Time that passes when the test says so. */
export class Hands {
  at = START;

  terms(worker: string, aheadMs = 0): LeaseTerms {
    return { worker, leaseMs: LEASE_MS, clockMarginMs: MARGIN_MS, now: () => this.at + aheadMs };
  }
}

export function withHands(
  kind: StoreKind,
  body: (given: { place: StatePlace; outside: TestPlace; hands: Hands }) => Promise<void>,
): Promise<void> {
  return withState(kind, (place, outside) => body({ place, outside, hands: new Hands() }));
}

export async function taken(place: StatePlace, terms: LeaseTerms, segment = 0): Promise<SegmentLease> {
  const lease = await takeSegment(place, segment, terms);
  if (lease === undefined) throw new Error(`segment ${segment} is not free`);
  return lease;
}

/** A part's content. */
export const line = (text: string) => Buffer.from(`${text}\n`);

/** The place, with somebody who comes in between: before or after an object is created, or before one is read. */
export function interposed(
  place: StatePlace,
  hooks: {
    before?(key: string): Promise<void>;
    after?(key: string): Promise<void>;
    reading?(key: string): Promise<void>;
  },
): StatePlace {
  return {
    location: place.location,
    async putNew(key, body, signal) {
      await hooks.before?.(key);
      const created = await place.putNew(key, body, signal);
      await hooks.after?.(key);
      return created;
    },
    put: (key, body, signal) => place.put(key, body, signal),
    async get(key, signal) {
      await hooks.reading?.(key);
      return place.get(key, signal);
    },
    delete: (key, signal) => place.delete(key, signal),
    list: (folder, signal) => place.list(folder, signal),
    close: () => place.close(),
  };
}
