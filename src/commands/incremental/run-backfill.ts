import { DdbrError } from "../../core/errors.ts";
import {
  type BackfillCheckpoint,
  getCheckpoint,
  hasCheckpoint,
} from "../../core/incremental/backfill-checkpoint.ts";
import { backfillFolder } from "../../core/incremental/backfill-folder.ts";
import { segmentsForSize } from "../../core/segments.ts";
import type { ObjectStore } from "../../core/store/object-store.ts";
import { openStore } from "../../core/store/open-store.ts";
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
  const { table, store, resumed, warnings } = await stoppable((signal) => openEnds(request, signal));
  const segments =
    resumed?.segments ??
    request.segments ??
    segmentsForSize(table.description.bytes, { segmentBytes: SEGMENT_BYTES });
  try {
    return await showTransfer({
      command: "incremental-backfill",
      mode,
      run(controls) {
        for (const message of warnings) controls.report({ type: "warning", message });
        return backfillFolder({
          ...request,
          ...controls,
          // Where it isn't known what was done, what is there and equal is not written again.
          onlyMissing: request.onlyMissing || (request.resume && resumed === undefined),
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
  if (resumed !== undefined) refuseOther(resumed, request, table, store);
  const warnings: string[] = [];
  if (request.resume && resumed === undefined) {
    warnings.push(
      "there is no interrupted backfill to resume: what is there and equal is kept, the rest written",
    );
  } else if (!request.resume && (await hasCheckpoint(store, name, signal))) {
    warnings.push("an interrupted backfill is begun anew; --resume would have gone on");
  }
  if (request.place.text.endsWith(`/${name}`)) {
    warnings.push(
      `the place ends with the table's name, which is appended once more: ${request.place.text}/${name}/`,
    );
  }
  return { table, store, resumed, warnings };
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
