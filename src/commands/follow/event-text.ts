import type { FollowEvent } from "../../core/follow/follow-events.ts";
import { humanJson } from "../../core/item/human.ts";

/** What may not be missed, in a line; undefined for everything else. */
export function importantText(event: FollowEvent): string | undefined {
  switch (event.type) {
    case "warning":
      return `[warning] ${event.message}`;
    case "skipped": {
      const { key, sequence, shard, reason } = event;
      return `[undone] ${key ? humanJson(key) : `record ${sequence} of ${shard}`} ${reason}`;
    }
    case "lost": {
      const { after, shard } = event;
      const where = after === undefined ? shard : `${shard} after ${after}`;
      return `[lost] records of ${where} are no longer in the stream, which keeps them for a day: mend with diff-tables --repair or incremental-diff --repair`;
    }
    default:
      return undefined;
  }
}
