import { DdbrError } from "../../core/errors.ts";
import {
  type BackfillCheckpoint,
  getCheckpoint,
  hasCheckpoint,
} from "../../core/incremental/backfill-checkpoint.ts";
import { backfillFolder } from "../../core/incremental/backfill-folder.ts";
import { segmentsForSize } from "../../core/segments.ts";
import type { ObjectStore } from "../../core/store/object-store.ts";
import type { Table } from "../../core/table/table.ts";
import { numberOption } from "../options/numbers.ts";
import {
  openRequestedTable,
  parseTableRequest,
  type TableRequest,
  type TableWords,
} from "../options/table-request.ts";
import type { OutputMode } from "../output/mode.ts";
import { stoppable } from "../output/stop-signals.ts";
import { openStore } from "../store/open-store.ts";
import { showTransfer } from "../transfer/show-transfer.ts";

export interface BackfillWords extends TableWords {
  onlyMissing: boolean;
  resume: boolean;
  writes?: string | undefined;
}

interface BackfillRequest extends TableRequest {
  onlyMissing: boolean;
  resume: boolean;
  writes: number;
}

const WRITES = 64;
/** A segment is what an interrupted run starts anew, so it is small. */
const SEGMENT_BYTES = 16 * 1024 * 1024;

/** @throws DdbrError for whatever is wrong or contradicts itself */
export function parseBackfillRequest(words: BackfillWords): BackfillRequest {
  return {
    ...parseTableRequest(words),
    onlyMissing: words.onlyMissing,
    resume: words.resume,
    writes: numberOption("--writes", words.writes, { min: 1, max: 1024, integer: true }) ?? WRITES,
  };
}

/** `ddbr incremental-backfill`, its words understood; returns the exit code. */
export async function runBackfill(request: BackfillRequest, mode: OutputMode): Promise<number> {
  const { table, store, resumed, begunAnew } = await stoppable((signal) => openEnds(request, signal));
  const segments =
    resumed?.segments ??
    request.segments ??
    segmentsForSize(table.description.bytes, { segmentBytes: SEGMENT_BYTES });
  try {
    return await showTransfer({
      command: "incremental-backfill",
      mode,
      run(controls) {
        if (begunAnew) {
          controls.report({
            type: "warning",
            message: "an interrupted backfill is begun anew; --resume would have gone on",
          });
        }
        return backfillFolder({
          ...request,
          ...controls,
          consistent: request.tableOptions.consistent ?? false,
          table,
          store,
          segments,
          resumed,
        });
      },
    });
  } finally {
    table.close();
    store.close();
  }
}

async function openEnds(request: BackfillRequest, signal: AbortSignal) {
  const table = await openRequestedTable(request, signal);
  const store = await openStore(request.place, request.storeOptions, signal);
  const { name } = request.table;
  const resumed = request.resume ? await getCheckpoint(store, name, signal) : undefined;
  const begunAnew = !request.resume && (await hasCheckpoint(store, name, signal));
  if (resumed !== undefined) refuseOther(resumed, request, table, store);
  return { table, store, resumed, begunAnew };
}

function refuseOther(
  resumed: BackfillCheckpoint,
  { segments }: BackfillRequest,
  table: Table,
  store: ObjectStore,
): void {
  const other =
    resumed.table !== table.arn || resumed.createdAt !== table.createdAt
      ? `another table, ${resumed.table}`
      : segments !== undefined && segments !== resumed.segments
        ? `${resumed.segments} segments`
        : undefined;
  if (other === undefined) return;
  throw new DdbrError("exists", `the backfill to be resumed was begun with ${other}`, {
    subject: store.location.text,
    hint: "give the same table and segments, or leave --resume away to begin anew",
  });
}
