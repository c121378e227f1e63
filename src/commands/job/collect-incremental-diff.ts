import { DdbrError } from "../../core/errors.ts";
import { escapeForTerminal } from "../../core/escape.ts";
import { collectFolder, restIsLeft } from "../../core/job/collect-folder.ts";
import type { FolderJobSettings } from "../../core/job/folder-job.ts";
import { ask, canAsk } from "../output/ask.ts";
import { stoppable } from "../output/stop-signals.ts";
import { collectComparison } from "./collect-comparison.ts";
import type { Collecting } from "./run-collect.ts";

/** Also does what is left when all segments are done; asks before that where it writes. */
export async function collectIncrementalDiff(collecting: Collecting): Promise<number> {
  const { place, job, request, again } = collecting;
  const settings = job.settings as FolderJobSettings;
  const { mode, dryRun } = settings.request;
  const writes = mode === "repair" && !dryRun;
  // Who follows a run to its end was asked when it began.
  if (writes && request.yes !== true && again === undefined && canAsk()) {
    const isLeft = await stoppable((signal) => restIsLeft(place, job, signal));
    if (isLeft && !(await ask(question(settings), "Delete them?"))) {
      throw new DdbrError("interrupted", "nothing was written");
    }
  }
  return await collectComparison(collecting, collectFolder);
}

/** What somebody has to know before saying yes. */
function question({ primary, replica }: FolderJobSettings): string[] {
  return [
    `table   ${escapeForTerminal(primary.name)}`,
    `backup  ${escapeForTerminal(replica.name)}; this one is written to`,
    "All segments are done. What the folder holds beyond them is looked into now, for the repair to be whole:",
    "objects of records that the table does not have are DELETED, and so are second objects of a record, under older names.",
  ];
}
