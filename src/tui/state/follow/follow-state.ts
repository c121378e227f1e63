import type { FollowEvent, FollowedChange, FollowSummary } from "../../../core/follow/follow-events.ts";
import { addFollow, type FollowProgress, NO_PROGRESS } from "../../../core/follow/follow-progress.ts";

/** Something to tell the user word by word. */
export type FollowNotice = Extract<FollowEvent, { type: "warning" | "skipped" | "lost" | "refused" }>;

/** A shard that is done. */
export interface EndedShard {
  shard: string;
  records: number;
  /** When the last of its changes happened, milliseconds since 1970. */
  at: number | undefined;
}

/** What is known of a run; immutable, bounded however long it goes on. */
export interface FollowState {
  phase: "starting" | "running" | "finished";
  /** Locations, as typed. */
  primary: string;
  target: string;
  kind: "replica" | "folder";
  progress: FollowProgress;
  /** The latest first. */
  ended: readonly EndedShard[];
  changes: readonly FollowedChange[];
  notices: readonly FollowNotice[];
  /** How many there were in all. */
  noticed: number;
  summary?: FollowSummary;
}

export const INITIAL_FOLLOW: FollowState = {
  phase: "starting",
  primary: "",
  target: "",
  kind: "replica",
  progress: NO_PROGRESS,
  ended: [],
  changes: [],
  notices: [],
  noticed: 0,
};

/** No screen has more rows. */
const MOST_REMEMBERED = 100;

/** Adds one event; pure. */
export function reduceFollow(state: FollowState, event: FollowEvent): FollowState {
  const next = { ...state, progress: addFollow(state.progress, event) };
  switch (event.type) {
    case "started": {
      const { primary, target, kind } = event;
      return { ...next, phase: "running", primary, target, kind };
    }
    case "shard-done": {
      const { records = 0, at } = state.progress.shards.get(event.shard) ?? {};
      return { ...next, ended: remember(state.ended, { shard: event.shard, records, at }) };
    }
    case "replayed":
      return { ...next, changes: event.latest.reduce(remember, state.changes) };
    case "warning":
    case "skipped":
    case "lost":
    case "refused":
      return { ...next, notices: remember(state.notices, event), noticed: state.noticed + 1 };
    case "finished":
      return { ...next, phase: "finished", summary: event.summary };
    case "shards":
    case "shard-started":
    case "read":
    case "up-to-date":
    case "answered":
    case "retried":
    case "saved":
      return next;
  }
}

function remember<Entry>(list: readonly Entry[], entry: Entry): readonly Entry[] {
  return [entry, ...list.slice(0, MOST_REMEMBERED - 1)];
}
