import { DdbrError, EXIT, exitCodeOf } from "../../core/errors.ts";
import { escapeForTerminal } from "../../core/escape.ts";
import { PauseGate } from "../../core/pause-gate.ts";
import type { RestoreSummary } from "../../core/restore/restore-events.ts";
import type { RestoreControls } from "../../core/restore/run-restore.ts";
import type { Fact, PlanQuestion } from "../../tui/state/restore/restore-frame.ts";
import { ask, canAsk } from "../output/ask.ts";
import { keepingMemoryLow } from "../output/memory.ts";
import type { OutputMode } from "../output/mode.ts";
import { stopSignals } from "../output/stop-signals.ts";
import { createJsonRestoreReport } from "./json-report.ts";
import { createPlainRestoreReport } from "./plain-report.ts";
import { questionLines } from "./plan-question.ts";
import { planText } from "./plan-text.ts";
import { restoreSummaryLines } from "./summary-text.ts";

export interface ShownRestore {
  command: string;
  mode: OutputMode;
  /** The plan is carried out without asking. */
  yes: boolean;
  /** Dollars for a million write units. */
  writePrice: number;
  /** As typed. */
  table: string;
  /** What somebody has to know before saying yes, beside the plan and the undo file. */
  facts: readonly Fact[];
  run(controls: Required<RestoreControls>): Promise<RestoreSummary>;
}

/** Before anything is read: where nobody can be asked, it has to be said. @throws DdbrError `usage` */
export function mustBeAnswered({ yes, dryRun }: { yes: boolean; dryRun: boolean }, mode: OutputMode): void {
  if (yes || dryRun || mode === "dashboard" || canAsk()) return;
  throw new DdbrError("usage", "without a terminal nobody can be asked whether to carry out the plan", {
    hint: "say --dry-run to see the plan, or --yes to carry it out",
  });
}

/** Runs a restore, asks about its plan and shows it; returns the exit code. */
export async function showRestore(shown: ShownRestore): Promise<number> {
  return restoreExitCode(await showRestoreRun(shown));
}

export async function showRestoreRun(shown: ShownRestore): Promise<RestoreSummary> {
  using _ = keepingMemoryLow();
  return await (shown.mode === "dashboard" ? showOnDashboard(shown) : showAsLines(shown));
}

export function restoreExitCode({ outcome }: RestoreSummary): number {
  const codes = {
    restored: EXIT.ok,
    planned: EXIT.ok,
    discrepancies: EXIT.discrepancies,
    incomplete: EXIT.failure,
    interrupted: EXIT.interrupted,
  };
  return codes[outcome];
}

async function showOnDashboard(shown: ShownRestore): Promise<RestoreSummary> {
  const { showRestoreDashboard } = await import("../../tui/dashboards/restore-dashboard.ts");
  const warnings: string[] = [];
  const summary = await showRestoreDashboard({
    title: `ddbr ${shown.command}`,
    writePrice: shown.writePrice,
    run: ({ ask: askHere, ...hooks }) =>
      shown.run({
        ...hooks,
        agree: (plan, undoFile) => agreeBy(shown, plan, undoFile, askHere),
        report(event) {
          if (event.type === "warning") warnings.push(`warning: ${event.message}`);
          hooks.report(event);
        },
      }),
  }).catch((error) => {
    // Told twice to stop: a run that has not ended yet must not keep the program.
    if (exitCodeOf(error) === EXIT.interrupted) process.exit(EXIT.interrupted);
    throw error;
  });
  const plan = summary.plan === undefined ? [] : [`plan: ${planText(summary.plan, shown.writePrice)}`];
  const lines = [...warnings, ...plan, ...restoreSummaryLines(summary)].map(escapeForTerminal);
  process.stdout.write(`${lines.join("\n")}\n`);
  return summary;
}

async function showAsLines(shown: ShownRestore): Promise<RestoreSummary> {
  using stop = stopSignals();
  const { command, mode, writePrice } = shown;
  const write = (line: string) => void process.stdout.write(line);
  const report =
    mode === "json"
      ? createJsonRestoreReport(write, writePrice)
      : createPlainRestoreReport(command, write, { quiet: mode === "quiet", writePrice });
  const askHere = (question: PlanQuestion) =>
    ask(
      questionLines(question, writePrice),
      `Carry out this plan on ${escapeForTerminal(shown.table)}?`,
      stop.signal,
    ).catch((error) => {
      // Nothing was written: that is the run's end, and not a failure.
      if (exitCodeOf(error) === EXIT.interrupted) return false;
      throw error;
    });
  const agree: RestoreControls["agree"] = (plan, undoFile) => agreeBy(shown, plan, undoFile, askHere);
  // Awaited here, or the signals would be let go of at once.
  return await shown.run({ report, agree, signal: stop.signal, gate: new PauseGate() });
}

async function agreeBy(
  { yes, facts }: ShownRestore,
  plan: PlanQuestion["plan"],
  undoFile: string,
  askHere: (question: PlanQuestion) => Promise<boolean>,
): Promise<boolean> {
  return yes || (await askHere({ plan, facts: [...facts, { label: "undo file", text: undoFile }] }));
}
