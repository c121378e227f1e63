import type { WireItem } from "../item/attribute-value.ts";
import type { Ignored } from "../item/canonical.ts";
import { digestOf } from "../item/digest.ts";
import type { Candidate, Sighting } from "./candidate.ts";

/** A candidate on its way to being confirmed, and then repaired. Times are of `performance.now()`. */
export interface Pending {
  key: string;
  origin: Candidate["origin"];
  /** What was seen last, and since when it has been the same. */
  sighting: Sighting | undefined;
  sightedAt: number;
  /** How often it has been seen to change; and how often, since the replica last did, only the primary. */
  changes: number;
  primaryChanges: number;
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
 * - `unsettled`: look again later · `restless`: it never stops changing, so nothing can be said of it
 * - `elsewhere`: it has become what another candidate answers for
 */
export type Verdict = "equal" | "confirmed" | "unsettled" | "restless" | "elsewhere";

const LONGEST_PAUSE_MS = 10_000;

/**
 * A record is restless when it was seen to change this often. It is counted in looks and not in time, because a record
 * that merely had to wait for its turn has not been changing.
 */
const RESTLESS_CHANGES = 6;
/** A replica that stood still during so many changes of its primary is one that nobody replicates to. */
const LEFT_BEHIND_CHANGES = 3;

export function newPending(candidate: Candidate, settleMs: number, now: number): Pending {
  return {
    key: candidate.key,
    origin: candidate.origin,
    sighting: candidate.sighting,
    sightedAt: now,
    changes: 0,
    primaryChanges: 0,
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
  noteSighting(pending, sighting, now);
  if (now - pending.sightedAt >= settleMs) return "confirmed";
  if (pending.changes >= RESTLESS_CHANGES) {
    const leftBehind = pending.primaryChanges >= LEFT_BEHIND_CHANGES;
    // Repaired once already and left behind again: repairing cannot keep up with such a record.
    return leftBehind && pending.written === undefined ? "confirmed" : "restless";
  }
  pending.dueAt = Math.max(now, pending.sightedAt + pending.pause);
  pending.pause = Math.min(pending.pause * 2, LONGEST_PAUSE_MS);
  return "unsettled";
}

function noteSighting(pending: Pending, sighting: Sighting, now: number): void {
  const before = pending.sighting;
  if (before !== undefined && before.primary === sighting.primary && before.replica === sighting.replica)
    return;
  if (before !== undefined) {
    pending.changes++;
    pending.primaryChanges = before.replica === sighting.replica ? pending.primaryChanges + 1 : 0;
  }
  pending.sighting = sighting;
  pending.sightedAt = now;
}

function answeredElsewhere({ origin }: Pending, { primary }: Sighting): boolean {
  if (origin === "primary") return primary === undefined;
  return origin === "replica" && primary !== undefined;
}
