import type { RestoreJobSettings } from "../../core/job/begin-restore.ts";
import { collectRestore } from "../../core/job/collect-restore.ts";
import { requireNewUndoFile } from "../../core/restore/new-undo-file.ts";
import { showRestore } from "../restore/show-restore.ts";
import type { Collecting } from "./run-collect.ts";

export async function collectRestoreTable({
  title,
  request: { undoFile },
  mode,
  ...followed
}: Collecting): Promise<number> {
  const { request } = followed.job.settings as RestoreJobSettings;
  if (undoFile !== undefined) requireNewUndoFile(undoFile);
  return await showRestore({
    command: title,
    mode,
    yes: true,
    writePrice: request.cost.prices.write,
    table: request.table.text,
    facts: [],
    run({ signal, report, gate }) {
      gate?.lock();
      return collectRestore({ ...followed, signal }, report, undoFile);
    },
  });
}
