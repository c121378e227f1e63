import type { DiffEstimate, DiffMode, Side, SideDescription } from "./diff-events.ts";

const READ_UNIT_BYTES = 4096;
const WRITE_UNIT_BYTES = 1024;

export interface DiffExtent {
  mode: DiffMode;
  dryRun: boolean;
  consistent: boolean;
  /** Which part of the tables is scanned, 0 to 1. */
  share: number;
}

/** What the run will consume, from the tables' sizes: a scan pays by size, a write by item. */
export function estimateDiff(
  { primary, replica }: Record<Side, SideDescription>,
  { mode, dryRun, consistent, share }: DiffExtent,
): DiffEstimate {
  const scan = ({ bytes }: SideDescription) =>
    Math.ceil((bytes / READ_UNIT_BYTES) * (consistent ? 1 : 0.5) * share);
  const backfills = mode === "backfill";
  return {
    readUnits: { primary: scan(primary), replica: backfills ? 0 : scan(replica) },
    writeUnits: backfills && !dryRun ? writeUnits(primary, share) : 0,
  };
}

function writeUnits({ items, bytes }: SideDescription, share: number): number {
  return items === 0 ? 0 : Math.ceil(Math.ceil(bytes / items / WRITE_UNIT_BYTES) * items * share);
}
