import { type DashboardTerminal, runBehindScreen } from "./behind-screen.ts";
import { HistoryScreen } from "./history-screen.ts";
import { type BrowsedHistory, type HistoryBrowserResult, HistorySession } from "./history-session.ts";

export type { RestoreOffer, RestoreOutcome } from "../state/history/restore-flow.ts";
export type { BrowsedHistory, HistoryBrowserResult } from "./history-session.ts";

export interface HistoryBrowserOptions extends BrowsedHistory, DashboardTerminal {
  /** Of the screen, e.g. `ddbr record-history`. */
  title: string;
  /** Location of the table, as people write it; shown escaped. */
  table: string;
}

/**
 * Browses the versions of a record, of which there is at least one, on the terminal's alternate screen, until the user leaves
 * (`q`, Ctrl-C, a signal, a terminal that goes away). A write under way is waited for, unless Ctrl-C is pressed once more: then it
 * rejects with `interrupted`. Without a keyboard it returns at once. The terminal is restored in every case.
 */
export async function showHistoryBrowser(options: HistoryBrowserOptions): Promise<HistoryBrowserResult> {
  const { title, table } = options;
  const session = new HistorySession(options);
  return await runBehindScreen(
    {
      session,
      program: (interrupt) => new HistoryScreen(session, { title, table, interrupt }),
      show: (terminal) => session.show(terminal),
    },
    options,
  );
}
