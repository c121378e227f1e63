import type { DiffEstimate, SideDescription } from "./diff-events.ts";
import type { DiffSetup } from "./run-diff.ts";

const READ_UNIT_BYTES = 4096;
const WRITE_UNIT_BYTES = 1024;

/** What the run will consume, from the tables' sizes: a scan pays by size, a write by item. */
export function estimateDiff(options: DiffSetup): DiffEstimate {
  const { primary, replica, mode, dryRun, consistent, segments, chosen, keys } = options;
  const share = keys === undefined ? chosen.length / segments : 0;
  const scan = ({ bytes }: SideDescription) =>
    Math.ceil((bytes / READ_UNIT_BYTES) * (consistent ? 1 : 0.5) * share);
  const backfills = mode === "backfill";
  return {
    readUnits: { primary: scan(primary.description), replica: backfills ? 0 : scan(replica.description) },
    writeUnits: backfills && !dryRun ? writeUnits(primary.description, share) : 0,
  };
}

function writeUnits({ items, bytes }: SideDescription, share: number): number {
  return items === 0 ? 0 : Math.ceil(Math.ceil(bytes / items / WRITE_UNIT_BYTES) * items * share);
}
