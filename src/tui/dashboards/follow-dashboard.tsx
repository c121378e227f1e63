import type { FollowSummary } from "../../core/follow/follow-events.ts";
import { followHelp } from "../lines/follow/follow-help.ts";
import { followLines } from "../lines/follow/follow-lines.ts";
import { followOneLine } from "../lines/follow/follow-one-line.ts";
import type { FollowFrame } from "../state/follow/follow-frame.ts";
import { type DashboardTerminal, runBehindScreen } from "./behind-screen.ts";
import { FollowSession, type RunFollow } from "./follow-session.ts";
import { RunScreen, type RunViews } from "./run-screen.ts";

export interface FollowDashboardOptions extends DashboardTerminal {
  /** Of the screen, e.g. `ddbr follow`. */
  title: string;
  run: RunFollow;
}

export const FOLLOW_VIEWS: RunViews<FollowFrame> = {
  oneLine: followOneLine,
  help: followHelp,
  lines: followLines,
};

/**
 * Follows a stream on the terminal's alternate screen, which closes by itself when the run is over. `q`, Ctrl-C and signals
 * stop the run, whose summary then says `interrupted`; Ctrl-C or a signal once more leaves at once, rejecting with
 * `interrupted` while the run may still go on.
 * Rejects with what `run` rejected with. The terminal is restored in every case.
 */
export async function showFollowDashboard(options: FollowDashboardOptions): Promise<FollowSummary> {
  const session = new FollowSession(options.run);
  const behind = {
    session,
    program: (interrupt: () => void) =>
      new RunScreen(session, FOLLOW_VIEWS, { title: options.title, interrupt }),
    show: () => session.show(),
  };
  return await runBehindScreen(behind, options);
}
