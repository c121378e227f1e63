import { planRewind, type RewindOptions } from "./plan-rewind.ts";
import type { RestoreSummary } from "./restore-events.ts";
import { observerOf } from "./restore-run.ts";
import { type RestoreControls, runRestore } from "./run-restore.ts";
import { selectionWords } from "./selection.ts";
import { verifyChanges } from "./verify-restore.ts";

export interface RewindTableOptions extends RestoreControls, RewindOptions {
  /** The folder's place, as typed. */
  source: string;
  dryRun: boolean;
  undoFile: string;
  resume: boolean;
  patienceMs: number;
  jobId?: string | undefined;
}

/** Takes the records of a table that were changed in a window back to what they were at its beginning. */
export async function rewindTable(options: RewindTableOptions): Promise<RestoreSummary> {
  const { table, folder, selection, from, to, force } = options;
  return await runRestore(
    {
      ...options,
      job: "rewind",
      target: { table, description: table.description },
      sourceItems: 0,
      segments: 0,
      at: from,
      until: to,
      selection: { ...selectionWords(selection), force },
    },
    {
      plan(run, _, sink) {
        folder.observe(observerOf("source", run.report));
        return planRewind(options, run, sink);
      },
      verify: (run, _, file) => verifyChanges(file, table, table.description.schema, run),
    },
  );
}
