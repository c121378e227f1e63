import { EXIT, exitCodeOf } from "../../core/errors.ts";
import { escapeForTerminal } from "../../core/escape.ts";
import type { FollowEvent, FollowSummary } from "../../core/follow/follow-events.ts";
import type { FollowControls } from "../../core/follow/follow-options.ts";
import { PauseGate } from "../../core/pause-gate.ts";
import { createMemoryKeeper } from "../output/memory.ts";
import type { OutputMode } from "../output/mode.ts";
import { stopSignals } from "../output/stop-signals.ts";
import { importantText } from "./event-text.ts";
import { createJsonFollowReport } from "./json-report.ts";
import { createPlainFollowReport } from "./plain-report.ts";
import { followSummaryLines } from "./summary-text.ts";

export interface ShownFollow {
  mode: OutputMode;
  run(controls: Required<FollowControls>): Promise<FollowSummary>;
}

/** Of what a long run tells; the latest. */
const MOST_LINES = 20;

/** Runs and shows it; returns the exit code. */
export async function showFollow(shown: ShownFollow): Promise<number> {
  const { outcome } = await (shown.mode === "dashboard" ? showOnDashboard(shown) : showAsLines(shown));
  return { "caught-up": EXIT.ok, incomplete: EXIT.failure, interrupted: EXIT.interrupted }[outcome];
}

async function showOnDashboard({ run }: ShownFollow): Promise<FollowSummary> {
  const { showFollowDashboard } = await import("../../tui/dashboards/follow-dashboard.tsx");
  const told: string[] = [];
  const summary = await showFollowDashboard({
    title: "ddbr follow",
    run: (hooks) =>
      run(
        smallInMemory({
          ...hooks,
          report(event) {
            const text = importantText(event);
            if (text !== undefined) told.push(text);
            if (told.length > MOST_LINES) told.shift();
            hooks.report(event);
          },
        }),
      ),
  }).catch((error) => {
    // Told twice to stop: a run that has not ended yet must not keep the program.
    if (exitCodeOf(error) === EXIT.interrupted) process.exit(EXIT.interrupted);
    throw error;
  });
  const lines = [...told, ...followSummaryLines(summary)].map(escapeForTerminal);
  process.stdout.write(`${lines.join("\n")}\n`);
  return summary;
}

async function showAsLines({ mode, run }: ShownFollow): Promise<FollowSummary> {
  using stop = stopSignals();
  const write = (line: string) => void process.stdout.write(line);
  const report =
    mode === "json"
      ? createJsonFollowReport(write)
      : createPlainFollowReport(write, { quiet: mode === "quiet" });
  // Awaited here, or the signals would be let go of at once.
  return await run(smallInMemory({ report, signal: stop.signal, gate: new PauseGate() }));
}

function smallInMemory(controls: Required<FollowControls>): Required<FollowControls> {
  const keepMemoryLow = createMemoryKeeper();
  return {
    ...controls,
    report(event: FollowEvent) {
      controls.report(event);
      if (event.type === "answered") keepMemoryLow(event.bytes);
    },
  };
}
