import type { RestoreSummary } from "../../core/restore/restore-events.ts";
import { type DashboardTerminal, runBehindScreen } from "./behind-screen.ts";
import { RestoreScreen } from "./restore-screen.ts";
import { RestoreSession, type RunRestore } from "./restore-session.ts";

export type { RestoreDashboardJob } from "./restore-session.ts";

export interface RestoreDashboardOptions extends DashboardTerminal {
  /** Of the screen, e.g. `ddbr restore-table`. */
  title: string;
  /** Dollars for a million write units. */
  writePrice: number;
  run: RunRestore;
}

/**
 * Runs a restore on the terminal's alternate screen, which closes by itself when the run is over. The plan is asked about there.
 * `q`, Ctrl-C and signals stop the run, whose summary then says `interrupted`; Ctrl-C or a signal once more leaves at once, rejecting
 * with `interrupted` while the run may still go on. Rejects with what `run` rejected with. The terminal is restored in every case.
 */
export async function showRestoreDashboard(options: RestoreDashboardOptions): Promise<RestoreSummary> {
  const session = new RestoreSession(options.run, options);
  const behind = {
    session,
    program: (interrupt: () => void) => new RestoreScreen(session, { title: options.title, interrupt }),
    show: () => session.show(),
  };
  return await runBehindScreen(behind, options);
}
