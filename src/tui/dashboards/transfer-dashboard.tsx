import type { TransferSummary } from "../../core/transfer/transfer-events.ts";
import { progressScreen } from "../lines/transfer/progress-screen.ts";
import { transferHelp } from "../lines/transfer/transfer-help.ts";
import { transferOneLine } from "../lines/transfer/transfer-one-line.ts";
import type { TransferFrame } from "../state/transfer/transfer-frame.ts";
import { type DashboardTerminal, runBehindScreen } from "./behind-screen.ts";
import { RunScreen, type RunViews } from "./run-screen.ts";
import { type RunTransfer, TransferSession } from "./transfer-session.ts";

export type { TransferDashboardJob } from "./transfer-session.ts";

export interface TransferDashboardOptions extends DashboardTerminal {
  /** Of the screen, e.g. `ddbr backup-table`. */
  title: string;
  run: RunTransfer;
}

export const TRANSFER_VIEWS: RunViews<TransferFrame> = {
  oneLine: transferOneLine,
  help: transferHelp,
  lines: progressScreen,
};

/**
 * Runs a transfer on the terminal's alternate screen, which closes by itself when the run is over. `q`, Ctrl-C and signals
 * stop the run, whose summary then says `interrupted`; Ctrl-C or a signal once more leaves at once, rejecting with
 * `interrupted` while the run may still go on.
 * Rejects with what `run` rejected with. The terminal is restored in every case.
 */
export async function showTransferDashboard(options: TransferDashboardOptions): Promise<TransferSummary> {
  const session = new TransferSession(options.run);
  const behind = {
    session,
    program: (interrupt: () => void) =>
      new RunScreen(session, TRANSFER_VIEWS, { title: options.title, interrupt }),
    show: () => session.show(),
  };
  return await runBehindScreen(behind, options);
}
