import { randomBytes } from "node:crypto";
import { escapeForTerminal } from "../../core/escape.ts";
import type { FollowEvent, FollowReport } from "../../core/follow/follow-events.ts";
import { addFollow, lagOf, NO_PROGRESS } from "../../core/follow/follow-progress.ts";
import { formatCount, plural } from "../output/figures.ts";
import { type Level, logLine } from "../output/log-line.ts";
import { importantText } from "./event-text.ts";
import { followSummaryLines, lagText } from "./summary-text.ts";

/** Soon at first, then less and less often: such a run goes on for weeks. */
const FIRST_PROGRESS_MS = 5_000;
const LONGEST_PROGRESS_MS = 60_000;

/** What is to be known, a line each, and once in a while one on progress unless `quiet`. */
export function createPlainFollowReport(
  write: (line: string) => void,
  { quiet }: { quiet: boolean },
): FollowReport {
  const jobId = randomBytes(8).toString("hex");
  let progress = NO_PROGRESS;
  let timer: NodeJS.Timeout | undefined;
  const line = (level: Level, text: string) =>
    write(logLine(level, "follow", jobId, escapeForTerminal(text)));
  const info = (text: string) => line("info", text);

  function tellProgressIn(ms: number): void {
    timer = setTimeout(() => {
      const { totals, shards, waiting } = progress;
      const written = `${formatCount(totals.written)} of ${plural(totals.read, "record")} written`;
      const waits = waiting > 0 ? ` (${formatCount(waiting)} waiting)` : "";
      info(
        `[progress] ${written}, ${lagText(lagOf(progress, Date.now()))}, ${plural(shards.size, "shard")}${waits}`,
      );
      tellProgressIn(Math.min(ms * 2, LONGEST_PROGRESS_MS));
    }, ms);
    timer.unref();
  }

  return (event: FollowEvent) => {
    progress = addFollow(progress, event);
    const important = importantText(event);
    if (important !== undefined) return line(event.type === "warning" ? "warn" : "error", important);
    switch (event.type) {
      case "started": {
        if (quiet) return;
        const { primary, target, resumed, start, checkpoint } = event;
        info(`[start] from ${primary} to ${target}`);
        info(`[start] ${resumed ? `goes on from ${checkpoint}` : `from ${start}; checkpoint ${checkpoint}`}`);
        return tellProgressIn(FIRST_PROGRESS_MS);
      }
      case "refused":
        return line("warn", `[refused] ${plural(event.records, "record")} tried again: ${event.reason}`);
      case "shard-done":
        return quiet ? undefined : info(`[shard] ${event.shard} done`);
      case "finished":
        clearTimeout(timer);
        for (const text of followSummaryLines(event.summary)) info(`[summary] ${text}`);
        return;
      default:
        return;
    }
  };
}
