import type { FollowEnd, FollowEndTotals, FollowEvent, FollowTotals } from "./follow-events.ts";

/** A shard that is being read. */
export interface ShardProgress {
  state: "reading" | "refused" | "up-to-date";
  /** Records of it that this run has dealt with. */
  records: number;
  /** When the last that is done of it happened, milliseconds since 1970. */
  at: number | undefined;
}

/** How far a run is; immutable, and bounded by the shards that are read at a time. */
export interface FollowProgress {
  totals: FollowTotals;
  shards: ReadonlyMap<string, ShardProgress>;
  /** Shards whose parent isn't done. */
  waiting: number;
  /** When the latest of all records that are done happened. */
  lastAt: number | undefined;
}

const NO_END: FollowEndTotals = { requests: 0, bytes: 0, writeUnits: 0, retries: 0, throttles: 0 };

export const NO_PROGRESS: FollowProgress = {
  totals: {
    read: 0,
    written: 0,
    superseded: 0,
    repeated: 0,
    passedOver: 0,
    skipped: 0,
    lost: 0,
    shardsDone: 0,
    stream: NO_END,
    target: NO_END,
  },
  shards: new Map(),
  waiting: 0,
  lastAt: undefined,
};

const NEW_SHARD: ShardProgress = { state: "reading", records: 0, at: undefined };

/** Adds one event; pure. */
export function addFollow(progress: FollowProgress, event: FollowEvent): FollowProgress {
  const { totals } = progress;
  switch (event.type) {
    case "shards":
      return { ...progress, waiting: event.waiting };
    case "shard-started":
      return {
        ...withShard(progress, event.shard, { at: event.at }),
        lastAt: later(progress.lastAt, event.at),
      };
    case "read":
      return {
        ...withShard(progress, event.shard, { state: "reading" }),
        totals: { ...totals, read: totals.read + event.records },
      };
    case "replayed":
      return addReplayed(progress, event);
    case "refused":
      return withShard(progress, event.shard, { state: "refused" });
    case "up-to-date":
      return withShard(progress, event.shard, { state: "up-to-date" });
    case "shard-done": {
      const shards = new Map(progress.shards);
      shards.delete(event.shard);
      return { ...progress, shards, totals: { ...totals, shardsDone: totals.shardsDone + 1 } };
    }
    case "skipped":
      return { ...progress, totals: { ...totals, skipped: totals.skipped + 1 } };
    case "lost":
      return { ...progress, totals: { ...totals, lost: totals.lost + 1 } };
    case "answered": {
      const { end, bytes, writeUnits } = event;
      return { ...progress, totals: addToEnd(totals, end, { requests: 1, bytes, writeUnits }) };
    }
    case "retried":
      return {
        ...progress,
        totals: addToEnd(totals, event.end, { retries: 1, throttles: event.throttled ? 1 : 0 }),
      };
    case "started":
    case "saved":
    case "warning":
    case "finished":
      return progress;
  }
}

/**
 * How far behind the run is: milliseconds since the last event that is done, in the shard where that is longest ago. 0 when every shard is
 * at its end; undefined while nothing is known.
 */
export function lagOf({ shards }: FollowProgress, now: number): number | undefined {
  let lag: number | undefined;
  for (const shard of shards.values()) {
    const own = shardLag(shard, now);
    if (own !== undefined) lag = Math.max(lag ?? 0, own);
  }
  return lag;
}

export function shardLag({ state, at }: ShardProgress, now: number): number | undefined {
  if (state === "up-to-date") return 0;
  return at === undefined ? undefined : Math.max(0, now - at);
}

function addReplayed(
  progress: FollowProgress,
  event: Extract<FollowEvent, { type: "replayed" }>,
): FollowProgress {
  const { shard, written, superseded, repeated, passedOver, at } = event;
  const { totals, lastAt } = progress;
  const records = written + superseded + repeated + passedOver;
  const before = progress.shards.get(shard) ?? NEW_SHARD;
  return {
    ...withShard(progress, shard, { records: before.records + records, at: at ?? before.at }),
    lastAt: later(lastAt, at),
    totals: {
      ...totals,
      written: totals.written + written,
      superseded: totals.superseded + superseded,
      repeated: totals.repeated + repeated,
      passedOver: totals.passedOver + passedOver,
    },
  };
}

function later(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || other === undefined ? (one ?? other) : Math.max(one, other);
}

function withShard(progress: FollowProgress, shard: string, news: Partial<ShardProgress>): FollowProgress {
  const known = progress.shards.get(shard) ?? NEW_SHARD;
  return { ...progress, shards: new Map(progress.shards).set(shard, { ...known, ...news }) };
}

function addToEnd(totals: FollowTotals, end: FollowEnd, more: Partial<FollowEndTotals>): FollowTotals {
  const sum = { ...totals[end] };
  for (const [name, value] of Object.entries(more) as [keyof FollowEndTotals, number][]) sum[name] += value;
  return { ...totals, [end]: sum };
}
