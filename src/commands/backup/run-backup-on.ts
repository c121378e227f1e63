import { beginBackup } from "../../core/job/begin-backup.ts";
import { forOtherMachines } from "../../core/job/for-other-machines.ts";
import { runOn } from "../job/run-on.ts";
import type { OnTerms } from "../options/on.ts";
import type { OutputMode } from "../output/mode.ts";
import type { BackupRequest } from "./backup-request.ts";

/** `ddbr backup-table --on`, its words understood; returns the exit code. */
export function runBackupOn(request: BackupRequest, terms: OnTerms, mode: OutputMode): Promise<number> {
  return runOn({
    command: "backup-table",
    terms,
    mode,
    request,
    begin: (place, _, signal) => beginBackup(place, request, signal, forOtherMachines),
  });
}
