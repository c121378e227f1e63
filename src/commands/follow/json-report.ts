import type { FollowEvent, FollowReport } from "../../core/follow/follow-events.ts";
import { addFollow, lagOf, NO_PROGRESS } from "../../core/follow/follow-progress.ts";
import { safeJson } from "../../core/item/human.ts";

const PROGRESS_EVERY_MS = 1_000;

/** One JSON event a line (docs/events.md). What happens per page or request is added up into a `progress` event every second. */
export function createJsonFollowReport(write: (line: string) => void): FollowReport {
  let progress = NO_PROGRESS;
  let timer: NodeJS.Timeout | undefined;
  const emit = (event: string, fields: object) =>
    write(`${safeJson({ event, time: new Date().toISOString(), ...fields })}\n`);

  function tellProgress(): void {
    const { totals, shards, waiting, lastAt } = progress;
    emit("progress", {
      totals,
      shards: shards.size,
      waiting,
      lagMs: lagOf(progress, Date.now()),
      ...(lastAt !== undefined && { lastEventTime: new Date(lastAt).toISOString() }),
    });
  }

  return (event: FollowEvent) => {
    progress = addFollow(progress, event);
    const { type, ...fields } = event;
    switch (event.type) {
      case "started":
        timer = setInterval(tellProgress, PROGRESS_EVERY_MS);
        timer.unref();
        return emit(type, fields);
      case "skipped":
        return emit("undone", fields);
      case "finished":
        clearInterval(timer);
        return emit(type, event.summary);
      case "shard-started":
        return emit(type, { shard: event.shard, after: event.after });
      case "shard-done":
      case "refused":
      case "lost":
      case "warning":
        return emit(type, fields);
      case "shards":
      case "read":
      case "replayed":
      case "up-to-date":
      case "answered":
      case "retried":
      case "saved":
        return;
    }
  };
}
