import { beginRestore, type PlanTable } from "../../core/job/begin-restore.ts";
import { forOtherMachines } from "../../core/job/for-other-machines.ts";
import { runOn } from "../job/run-on.ts";
import type { OnTerms } from "../options/on.ts";
import type { OutputMode } from "../output/mode.ts";
import { newTable } from "./new-table.ts";
import type { RestoreTableRequest } from "./run-restore-table.ts";
import { mustBeAgreed } from "./run-restore-worker.ts";

/** `ddbr restore-table --on`, its words understood; returns the exit code. */
export function runRestoreOn(
  request: RestoreTableRequest,
  terms: OnTerms,
  mode: OutputMode,
): Promise<number> {
  const planTable: PlanTable = (source, signal) => newTable(request, source, signal);
  const { yes, dryRun } = request;
  return runOn({
    command: "restore-table",
    terms,
    mode,
    request,
    async begin(place, begun, signal) {
      if (begun === undefined && !yes && !dryRun) await mustBeAgreed(request, place, planTable);
      return await beginRestore(place, request, { planTable, adapt: forOtherMachines, signal });
    },
  });
}
