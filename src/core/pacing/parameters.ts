/** How the workers of a run keep time, milliseconds; docs/scale.md says why these. */

/** Between two heartbeats of a worker. */
export const PERIOD_MS = 5_000;

/** A heartbeat comes up to this share of the period sooner or later, so that workers don't beat in step. */
export const PERIOD_JITTER = 0.1;

/** A worker consumes for so long after it has begun to publish its newest heartbeat, and to read the others'; no longer. */
export const LEASE_MS = 8_500;

/** A worker counts as gone when nothing new of it has been seen for so long. Longer than the lease: who is taken for gone has stopped. */
export const GONE_MS = 9_000;

/** What a worker wants more than before, it may take so long after it has told: by then all others have read it. */
export const RIPE_MS = 7_500;
