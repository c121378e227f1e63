import { DdbrError } from "../../core/errors.ts";
import { escapeForTerminal } from "../../core/escape.ts";
import {
  closeRestoreEnds,
  openRestoreEnds,
  type PlanTable,
  type RestoreEnds,
  type RestoreJobRequest,
} from "../../core/job/begin-restore.ts";
import { workOnRestore } from "../../core/job/work-on-restore.ts";
import { readJob } from "../../core/state/job-record.ts";
import { openStatePlace, type StatePlace } from "../../core/state/state-place.ts";
import { tellCollect } from "../job/tell-collect.ts";
import { workerExitCode } from "../job/worker-exit-code.ts";
import type { JobTerms } from "../options/job.ts";
import { ask, canAsk } from "../output/ask.ts";
import { formatBytes, plural } from "../output/figures.ts";
import type { OutputMode } from "../output/mode.ts";
import { tellNote } from "../output/note.ts";
import { stoppable } from "../output/stop-signals.ts";
import { newTable } from "./new-table.ts";
import { factLines } from "./plan-question.ts";
import { sourceFacts, targetFacts } from "./restore-facts.ts";
import type { RestoreTableRequest } from "./run-restore-table.ts";
import { showRestoreRun } from "./show-restore.ts";

const COMMAND = "restore-table";

/** `ddbr restore-table --state`, its words understood; returns the exit code. */
export async function runRestoreWorker(
  request: RestoreTableRequest,
  terms: JobTerms,
  mode: OutputMode,
): Promise<number> {
  const planTable: PlanTable = (source, signal) => newTable(request, source, signal);
  const place = await openStatePlace(terms.place, terms.storeOptions);
  try {
    const { yes, dryRun, writePrice, segment, concurrency } = request;
    if (!yes && !dryRun) await mustBeAgreed(request, place, planTable);
    const summary = await showRestoreRun({
      command: COMMAND,
      mode,
      yes: true,
      writePrice,
      table: request.table.text,
      facts: [],
      run: ({ signal: pause, gate, report }) => {
        const waiting = (message: string) => tellNote(COMMAND, message, mode);
        const { leaseMs, checkpointMs } = terms;
        const worker = { place, request, segment, concurrency, leaseMs, checkpointMs, gate, pause };
        return workOnRestore({ ...worker, planTable, waiting }, report);
      },
    });
    tellCollect(COMMAND, summary, { place: terms.place, segment }, mode);
    return workerExitCode(summary.outcome);
  } finally {
    place.close();
  }
}

/** There is no plan yet: what is known of the source has to do. @throws DdbrError `interrupted` */
export async function mustBeAgreed(
  request: RestoreTableRequest & RestoreJobRequest,
  place: StatePlace,
  planTable: PlanTable,
): Promise<void> {
  if (!canAsk()) throw new DdbrError("usage", "nobody can be asked whether to begin", { hint: "say --yes" });
  const ends = await stoppable(async (signal) => {
    const isMade = (await readJob(place, signal)) !== undefined;
    return openRestoreEnds(request, { isMade, planTable, signal });
  });
  const lines = questionLines(request, ends, place);
  closeRestoreEnds(ends);
  const question = `Restore into ${escapeForTerminal(request.table.text)}, without seeing a plan?`;
  if (!(await ask(lines, question))) throw new DdbrError("interrupted", "nothing was written");
}

function questionLines(
  request: RestoreTableRequest,
  { source, target }: RestoreEnds,
  { location }: StatePlace,
): string[] {
  const { items, bytes } = source;
  const size =
    items > 0 ? `${plural(items, "record")}, ${formatBytes(bytes)}` : "as many records as it holds";
  return factLines([
    ...targetFacts(target),
    ...sourceFacts(source, request),
    {
      label: "plan",
      text: `not known before: at most ${size} are put, each worker finds out about its part`,
    },
    { label: "state", text: `${location.text}, which keeps what is replaced` },
  ]);
}
