import { EXIT, exitCodeOf } from "../../core/errors.ts";
import { escapeForTerminal } from "../../core/escape.ts";
import { PauseGate } from "../../core/pause-gate.ts";
import type { TransferControls } from "../../core/transfer/run-transfer.ts";
import type { TransferSummary } from "../../core/transfer/transfer-events.ts";
import { createMemoryKeeper } from "../output/memory.ts";
import type { OutputMode } from "../output/mode.ts";
import { stopSignals } from "../output/stop-signals.ts";
import { createJsonTransferReport } from "./json-report.ts";
import { createPlainTransferReport } from "./plain-report.ts";
import { transferSummaryLines } from "./summary-text.ts";

export interface ShownTransfer {
  command: string;
  mode: OutputMode;
  run(controls: Required<TransferControls>): Promise<TransferSummary>;
}

/** Runs a transfer and shows it; returns the exit code. */
export async function showTransfer(shown: ShownTransfer): Promise<number> {
  const { outcome } = await (shown.mode === "dashboard" ? showOnDashboard(shown) : showAsLines(shown));
  return { complete: EXIT.ok, incomplete: EXIT.failure, interrupted: EXIT.interrupted }[outcome];
}

async function showOnDashboard({ command, run }: ShownTransfer): Promise<TransferSummary> {
  const { showTransferDashboard } = await import("../../tui/dashboards/transfer-dashboard.tsx");
  const warnings: string[] = [];
  const summary = await showTransferDashboard({
    title: `ddbr ${command}`,
    run: (hooks) =>
      run(
        smallInMemory({
          ...hooks,
          report(event) {
            if (event.type === "warning") warnings.push(`warning: ${event.message}`);
            hooks.report(event);
          },
        }),
      ),
  }).catch((error) => {
    // Told twice to stop: a run that has not ended yet must not keep the program.
    if (exitCodeOf(error) === EXIT.interrupted) process.exit(EXIT.interrupted);
    throw error;
  });
  const lines = [...warnings, ...transferSummaryLines(summary)].map(escapeForTerminal);
  process.stdout.write(`${lines.join("\n")}\n`);
  return summary;
}

async function showAsLines({ command, mode, run }: ShownTransfer): Promise<TransferSummary> {
  using stop = stopSignals();
  const write = (line: string) => void process.stdout.write(line);
  const report =
    mode === "json"
      ? createJsonTransferReport(write)
      : createPlainTransferReport(command, write, { quiet: mode === "quiet" });
  // Awaited here, or the signals would be let go of at once.
  return await run(smallInMemory({ report, signal: stop.signal, gate: new PauseGate() }));
}

function smallInMemory(controls: Required<TransferControls>): Required<TransferControls> {
  const keepMemoryLow = createMemoryKeeper();
  return {
    ...controls,
    report(event) {
      controls.report(event);
      if (event.type === "answered") keepMemoryLow(event.bytes);
    },
  };
}
