import { writeFileSync } from "node:fs";
import { DdbrError, EXIT, exitCodeOf } from "../../core/errors.ts";
import { escapeForTerminal } from "../../core/escape.ts";
import type { HistoryVersion } from "../../core/history/record-history.ts";
import {
  carryOutRestore,
  planRestore,
  type RestorePlan,
  readPresent,
} from "../../core/history/restore-version.ts";
import type { WireItem } from "../../core/item/attribute-value.ts";
import type { Table } from "../../core/table/table.ts";
import { stoppable } from "../output/stop-signals.ts";
import { restorePlanLines, restoreResultLines } from "./restore-lines.ts";
import type { OpenedHistory } from "./run-record-history.ts";

/** The timeline browser on the terminal. */
export async function browseHistory(
  location: string,
  { table, history }: OpenedHistory,
  patienceMs: number,
): Promise<number> {
  const { showHistoryBrowser } = await stoppable(async (signal) => {
    const browser = await import("../../tui/dashboards/history-browser.tsx");
    signal.throwIfAborted();
    return browser;
  });
  const { restores } = await showHistoryBrowser({
    title: "ddbr record-history",
    table: location,
    history,
    writeFile: async (version, image) => writeNewFile(version, image),
    ...(table === undefined ? {} : tableActions(table)),
  }).catch((error) => {
    // Told twice to stop: what has not ended yet must not keep the program.
    if (exitCodeOf(error) === EXIT.interrupted) process.exit(EXIT.interrupted);
    throw error;
  });
  // The screen has taken them away with it.
  for (const { lines } of restores) process.stdout.write(`${lines.map(escapeForTerminal).join("\n")}\n`);
  return EXIT.ok;

  function tableActions(present: Table) {
    return {
      present: (signal: AbortSignal) => readPresent(present, history.key, signal),
      restore: {
        async plan(image: WireItem | undefined, signal: AbortSignal) {
          const plan = await planRestore(present, history.key, image, signal);
          return { lines: restorePlanLines(location, plan), token: plan };
        },
        async carryOut(token: unknown, signal: AbortSignal) {
          const plan = token as RestorePlan;
          const outcome = await carryOutRestore(present, plan, patienceMs, signal);
          return { ok: outcome.done === "restored", lines: restoreResultLines(location, plan, outcome) };
        },
      },
    };
  }
}

/** The version's item as JSON in wire form, in the directory the program was started in; returns the file's name. */
function writeNewFile({ modified, name }: HistoryVersion, image: WireItem): string {
  const time = new Date(modified).toISOString().replaceAll(":", "");
  for (let number = 0; ; number++) {
    const file = `record-${name.slice(0, 8)}-${time}${number === 0 ? "" : `-${number}`}.json`;
    try {
      writeFileSync(file, `${JSON.stringify(image)}\n`, { flag: "wx", mode: 0o600 });
      return file;
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code === "EEXIST") continue;
      throw new DdbrError("file", `cannot be written: ${message}`, {
        subject: file,
        hint: "start in a directory that can be written to",
        cause: error,
      });
    }
  }
}
