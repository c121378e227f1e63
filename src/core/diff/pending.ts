import type { WireItem } from "../item/attribute-value.ts";
import type { Ignored } from "../item/canonical.ts";
import { digestOf } from "../item/digest.ts";
import type { Candidate, Sighting } from "./candidate.ts";

/** A candidate on its way to being confirmed, and then repaired. Times are of `performance.now()`. */
export interface Pending {
  key: string;
  origin: Candidate["origin"];
  /** The latest sighting, and since when it and its replica's part have been the same. */
  sighting: Sighting | undefined;
  sightedAt: number;
  replicaSince: number;
  /** When it became a candidate, or when a repair of it was last written. */
  since: number;
  /** When it is read next, and how long the pause after that is. */
  dueAt: number;
  pause: number;
  /** It has been reported as a discrepancy. */
  reported: boolean;
  /** What was written, or may have been; to be verified. */
  written: "put" | "delete" | undefined;
  /** Since when its writes have been failing. */
  failingSince: number | undefined;
}

/**
 * - `equal`: nothing differs (any more) · `confirmed`: both sides stable, and different
 * - `unsettled`: look again later · `restless`: has been changing for so long that somebody evidently replicates it
 * - `elsewhere`: it has become what another candidate answers for
 */
export type Verdict = "equal" | "confirmed" | "unsettled" | "restless" | "elsewhere";

const LONGEST_PAUSE_MS = 10_000;

/** A record that never stops changing is decided after this many times the settling time. */
const RESTLESS = 10;
const SHORTEST_RESTLESS_MS = 5_000;

export function newPending(candidate: Candidate, settleMs: number, now: number): Pending {
  return {
    key: candidate.key,
    origin: candidate.origin,
    sighting: candidate.sighting,
    sightedAt: now,
    replicaSince: now,
    since: now,
    dueAt: candidate.sighting === undefined ? now : now + settleMs,
    pause: settleMs,
    reported: false,
    written: undefined,
    failingSince: undefined,
  };
}

/** Judges what both sides hold now and notes it in `pending`; an `unsettled` one is due again after a growing pause. */
export function judge(
  pending: Pending,
  primary: WireItem | undefined,
  replica: WireItem | undefined,
  { ignored, settleMs, now }: { ignored: Ignored | undefined; settleMs: number; now: number },
): Verdict {
  const sighting: Sighting = {
    primary: primary && digestOf(primary, ignored),
    replica: replica && digestOf(replica, ignored),
  };
  if (sighting.primary === sighting.replica) return "equal";
  if (!pending.reported && answeredElsewhere(pending, sighting)) return "elsewhere";
  const before = pending.sighting;
  if (before === undefined || before.replica !== sighting.replica) pending.replicaSince = now;
  if (before === undefined || before.replica !== sighting.replica || before.primary !== sighting.primary) {
    pending.sighting = sighting;
    pending.sightedAt = now;
  }
  if (now - pending.sightedAt >= settleMs) return "confirmed";
  const restlessMs = Math.max(settleMs * RESTLESS, SHORTEST_RESTLESS_MS);
  if (now - pending.since >= restlessMs) {
    // The primary keeps changing: then a replica that doesn't follow is one that nobody replicates to.
    return now - pending.replicaSince >= restlessMs / 2 ? "confirmed" : "restless";
  }
  pending.dueAt = Math.max(now, pending.sightedAt + pending.pause);
  pending.pause = Math.min(pending.pause * 2, LONGEST_PAUSE_MS);
  return "unsettled";
}

function answeredElsewhere({ origin }: Pending, { primary }: Sighting): boolean {
  if (origin === "primary") return primary === undefined;
  return origin === "replica" && primary !== undefined;
}
