import { appendFileSync, closeSync, openSync } from "node:fs";
import { DdbrError } from "../errors.ts";
import type { DiffReport, DiffSummary } from "./diff-events.ts";
import { reportLine } from "./report-lines.ts";

export interface ReportFile {
  report: DiffReport;
  /** Completes the file. @throws DdbrError `file` when anything could not be written */
  close(): void;
}

const BUFFER_CHARACTERS = 64 * 1024;
const FLUSH_EVERY_MS = 1_000;

/**
 * Writes discrepancies, and what could not be done, as NDJSON (docs/formats.md). An existing file is
 * replaced; only its owner can read it.
 * @throws DdbrError `file` when it cannot be made
 */
export function createReportFile(path: string): ReportFile {
  const guard = <Result>(action: () => Result): Result => {
    try {
      return action();
    } catch (error) {
      throw new DdbrError("file", `cannot be written: ${(error as Error).message}`, {
        subject: path,
        hint: "name a file in a folder that is there and can be written to",
        cause: error,
      });
    }
  };
  const file = guard(() => openSync(path, "w", 0o600));
  let buffer = "";
  let flushedAt = performance.now();
  let failure: unknown;

  function flush(): void {
    try {
      if (failure === undefined && buffer !== "") guard(() => appendFileSync(file, buffer));
    } catch (error) {
      // A report that cannot be written must not stop a repair half way: it is told at the end.
      failure = error;
    }
    buffer = "";
    flushedAt = performance.now();
  }

  function line(value: object): void {
    buffer += `${JSON.stringify(value)}\n`;
    if (buffer.length > BUFFER_CHARACTERS || performance.now() - flushedAt > FLUSH_EVERY_MS) flush();
  }

  return {
    report(event) {
      const told = reportLine(event);
      if (told !== undefined) return line(told);
      if (event.type === "finished") {
        const reason = whyPartial(event.summary);
        if (reason !== undefined) line({ kind: "undone", reason });
        flush();
      }
    },
    close() {
      flush();
      closeSync(file);
      if (failure !== undefined) throw failure;
    },
  };
}

/** Why a report does not tell of everything: it must not pass for one that does. */
function whyPartial({ outcome, failure, totals, segments, unconfirmed }: DiffSummary): string | undefined {
  if (outcome !== "interrupted") return failure;
  return `stopped: ${totals.segmentsDone} of ${segments} segments done, ${unconfirmed} records left unconfirmed`;
}
