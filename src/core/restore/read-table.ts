import { inParallel } from "../in-parallel.ts";
import type { WireItem } from "../item/attribute-value.ts";
import type { Table } from "../table/table.ts";
import type { RestoreRun } from "./restore-run.ts";
import type { Selection } from "./selection.ts";

/** How much of a table is read at a time. */
export interface TableScan {
  segments: number;
  /** Segments read at the same time. */
  concurrency: number;
}

/** BatchGetItem takes no more keys than this. */
export const READ_BATCH = 100;
const READS_AT_ONCE = 4;

/**
 * Reads what a selection needs of a table, the cheapest way there is: given keys are looked up, a partition is queried, and
 * only for all else the table is scanned.
 */
export async function readTable(
  table: Table,
  { keys, partition }: Selection,
  { segments, concurrency }: TableScan,
  run: RestoreRun,
  take: (page: WireItem[]) => void,
): Promise<void> {
  const taken = async (page: WireItem[]) => {
    take(page);
    run.report({ type: "read", end: "table", items: page.length });
    await run.gate.passed(run.signal);
  };
  if (keys !== undefined) {
    await inParallel(keys.batches(READ_BATCH), READS_AT_ONCE, async (batch) =>
      taken(await table.read(batch, true, run.signal)),
    );
    return;
  }
  if (partition !== undefined) {
    for await (const page of table.query(partition, run.signal)) await taken(page);
    return;
  }
  const numbers = Array.from({ length: segments }, (_, index) => index);
  await inParallel(numbers, concurrency, async (segment) => {
    run.report({ type: "segment-started", segment });
    for await (const page of table.scan(segment, segments, run.signal)) await taken(page);
    run.report({ type: "segment-done", segment });
  });
}
