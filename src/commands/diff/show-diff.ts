import type { DiffReport, DiffSummary } from "../../core/diff/diff-events.ts";
import type { DiffTotals } from "../../core/diff/diff-totals.ts";
import { EXIT, exitCodeOf } from "../../core/errors.ts";
import type { WireKey } from "../../core/item/attribute-value.ts";
import { PauseGate } from "../../core/pause-gate.ts";
import { createMemoryKeeper } from "../output/memory.ts";
import type { OutputMode } from "../output/mode.ts";
import { stopSignals } from "../output/stop-signals.ts";
import { createJsonReport } from "./json-report.ts";
import { createPlainReport } from "./plain-report.ts";
import { summaryLines } from "./summary-text.ts";

/** What a run is given by the screen it is shown on. */
export interface DiffHooks {
  report: DiffReport;
  signal: AbortSignal;
  gate: PauseGate;
}

export interface ShownDiff {
  command: string;
  mode: OutputMode;
  run(hooks: DiffHooks): Promise<DiffSummary>;
  /** Lets somebody at the dashboard repair what a check has found. */
  repair?: {
    question(totals: DiffTotals): string[];
    run(keys: Iterable<WireKey>, hooks: DiffHooks): Promise<DiffSummary>;
  };
  /** Hears every event as well. */
  listener?: DiffReport | undefined;
}

/** Runs a comparison and shows it. Returns the last summary: of the repair, where one was asked for at the dashboard. */
export async function showDiff(shown: ShownDiff): Promise<DiffSummary> {
  return shown.mode === "dashboard" ? showOnDashboard(shown) : showAsLines(shown);
}

export function exitCodeFor({ outcome }: DiffSummary): number {
  const codes = {
    clean: EXIT.ok,
    discrepancies: EXIT.discrepancies,
    incomplete: EXIT.failure,
    interrupted: EXIT.interrupted,
  };
  return codes[outcome];
}

async function showOnDashboard({ command, run, repair, listener }: ShownDiff): Promise<DiffSummary> {
  const { showDiffDashboard } = await import("../../tui/dashboards/diff-dashboard.tsx");
  const { summary, repairSummary } = await showDiffDashboard({
    title: `ddbr ${command}`,
    run: (hooks) => run(withListener(hooks, listener)),
    ...(repair === undefined ? {} : { repair: withUndoneTold(repair, listener) }),
  }).catch((error) => {
    // Told twice to stop: a run that has not ended yet must not keep the program.
    if (exitCodeOf(error) === EXIT.interrupted) process.exit(EXIT.interrupted);
    throw error;
  });
  for (const ended of [summary, repairSummary]) {
    if (ended !== undefined) process.stdout.write(`${summaryLines(ended).join("\n")}\n`);
  }
  return repairSummary ?? summary;
}

async function showAsLines({ command, mode, run, listener }: ShownDiff): Promise<DiffSummary> {
  using stop = stopSignals();
  const write = (line: string) => void process.stdout.write(line);
  const report =
    mode === "json"
      ? createJsonReport(write)
      : createPlainReport(command, write, { quiet: mode === "quiet" });
  // Awaited here, or the signals would be let go of at once.
  return await run(withListener({ report, signal: stop.signal, gate: new PauseGate() }, listener));
}

/** The listener knows what was found; of the repair it has to hear what could not be done. */
function withUndoneTold(repair: NonNullable<ShownDiff["repair"]>, listener: DiffReport | undefined) {
  const undoneOnly: DiffReport = (event) => (event.type === "undone" ? listener?.(event) : undefined);
  return {
    ...repair,
    run: (keys: Iterable<WireKey>, hooks: DiffHooks) => repair.run(keys, withListener(hooks, undoneOnly)),
  };
}

function withListener(hooks: DiffHooks, listener: DiffReport | undefined): DiffHooks {
  const keepMemoryLow = createMemoryKeeper();
  return {
    ...hooks,
    report(event) {
      hooks.report(event);
      listener?.(event);
      if (event.type === "answered") keepMemoryLow(event.bytes);
    },
  };
}
