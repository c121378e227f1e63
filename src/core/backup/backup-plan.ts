import type { SideDescription } from "../diff/diff-events.ts";
import type { Table } from "../table/table.ts";
import type { TransferPlan } from "../transfer/run-transfer.ts";
import type { BackupKind } from "./manifest.ts";

/** What the files of a backup of this table have in common. */
export function kindOf(
  { location, arn, createdAt, description }: Table,
  { segments, contents, compression }: Pick<BackupKind, "segments" | "contents" | "compression">,
): BackupKind {
  return {
    segments,
    contents,
    compression,
    table: {
      name: location.name,
      arn,
      createdAt: new Date(createdAt).toISOString(),
      keySchema: description.schema,
    },
  };
}

export interface BackupPlanning {
  source: SideDescription;
  /** The folder that the job's own is in, for people. */
  destination: string;
  jobId: string;
  segments: number;
  chosen: readonly number[];
  /** How many of the chosen are there already. */
  kept: number;
  consistent: boolean;
}

/** What a backup says of itself before it starts; sizes are by the table's own. */
export function planBackup(planning: BackupPlanning): TransferPlan & { jobId: string } {
  const { source, destination, jobId, segments, chosen, kept, consistent } = planning;
  const share = (chosen.length - kept) / segments;
  return {
    job: "backup",
    jobId,
    source: source.name,
    destination,
    schema: source.schema,
    segments,
    chosen,
    estimate: {
      items: Math.round((source.items * chosen.length) / segments),
      bytes: Math.round(source.bytes * share),
      readUnits: Math.ceil((source.bytes / 4096) * (consistent ? 1 : 0.5) * share),
    },
    wrote: `${destination}/${jobId}/`,
  };
}
