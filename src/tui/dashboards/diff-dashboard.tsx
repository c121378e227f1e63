import { type DashboardTerminal, runBehindScreen } from "./behind-screen.ts";
import { DiffScreen } from "./diff-screen.ts";
import { type DiffDashboardResult, type DiffRuns, DiffSession } from "./diff-session.ts";

export type { DashboardJob, DiffDashboardResult, RepairOffer } from "./diff-session.ts";

export interface DiffDashboardOptions extends DiffRuns, DashboardTerminal {
  /** Of the screen, e.g. `ddbr diff-tables`. */
  title: string;
  /** Closes by itself also when there is something to browse. */
  closeWhenDone?: boolean;
}

/**
 * Runs a comparison on the terminal's alternate screen. It closes by itself when nothing was found, and stays for
 * browsing otherwise. `q`, Ctrl-C and signals stop the run, whose summary then says `interrupted`; Ctrl-C or a signal once
 * more leaves at once, rejecting with `interrupted` while the run may still go on.
 * Rejects with what `run` rejected with. The terminal is restored in every case.
 */
export async function showDiffDashboard(options: DiffDashboardOptions): Promise<DiffDashboardResult> {
  const { title, closeWhenDone } = options;
  const session = new DiffSession(options);
  const behind = {
    session,
    program: (interrupt: () => void) => new DiffScreen(session, { title, interrupt }),
    show: ({ stdin }: { stdin: NodeJS.ReadStream }) =>
      session.show({ stays: !closeWhenDone && stdin.isTTY === true }),
  };
  try {
    return await runBehindScreen(behind, options);
  } finally {
    session.spool.close();
  }
}
