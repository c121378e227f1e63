import type { Table } from "../table/table.ts";
import { openChangesFile } from "./changes-file.ts";
import { planUndo } from "./plan-undo.ts";
import type { RestoreSummary } from "./restore-events.ts";
import { type RestoreControls, runRestore } from "./run-restore.ts";
import { verifyChanges } from "./verify-restore.ts";

export interface UndoOptions extends RestoreControls {
  /** The undo file of a restore, a rewind, an undo or a repair. */
  file: string;
  table: Table;
  dryRun: boolean;
  /** Where this undoing is written down in its turn. */
  undoFile: string;
  /** Go on with it: it holds the plan. */
  resume: boolean;
  patienceMs: number;
  jobId?: string | undefined;
}

/**
 * Brings back what a restore or a repair has replaced, where nobody has written since.
 * A table that the restore made loses the items that it put there, and stays.
 * @throws DdbrError `file`, `damaged`
 */
export async function undoChanges(options: UndoOptions): Promise<RestoreSummary> {
  const { file: path, table } = options;
  const file = openChangesFile(path);
  try {
    const setup = {
      ...options,
      job: "undo" as const,
      target: { table, description: table.description },
      source: path,
      sourceItems: file.plan === undefined ? 0 : countOf(file.plan.changes),
      segments: 0,
    };
    return await runRestore(setup, {
      plan: (run, _, sink) => planUndo(file, table, run, sink),
      verify: (run, _, written) => verifyChanges(written, table, table.description.schema, run),
    });
  } finally {
    file.close();
  }
}

function countOf(changes: Record<string, { items: number }>): number {
  return Object.values(changes).reduce((sum, { items }) => sum + items, 0);
}
