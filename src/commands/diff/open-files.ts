import { unlinkSync } from "node:fs";
import type { UndoLog } from "../../core/diff/repair.ts";
import { createReportFile, type ReportFile } from "../../core/diff/report-file.ts";
import { createUndoFile } from "../../core/diff/undo-file.ts";
import type { DiffRequest } from "./diff-request.ts";

/** Opens the files that a run writes, before anything else is done: all that were asked for, or none. */
export function openFiles({ undoFile, reportFile, dryRun, replica }: DiffRequest): {
  undo: UndoLog | undefined;
  reportFile: ReportFile | undefined;
} {
  // A report is replaced, so it comes last: what then fails has not emptied an older one.
  const undo = undoFile !== undefined && !dryRun ? createUndoFile(undoFile, replica.text) : undefined;
  try {
    return { undo, reportFile: reportFile === undefined ? undefined : createReportFile(reportFile) };
  } catch (error) {
    if (undo !== undefined) {
      undo.close();
      unlinkSync(undoFile!);
    }
    throw error;
  }
}
