import { rewindTable } from "../../core/restore/rewind-table.ts";
import type { Selection } from "../../core/restore/selection.ts";
import type { ObjectStore } from "../../core/store/object-store.ts";
import { openExistingStore } from "../../core/store/open-store.ts";
import { placeIn } from "../../core/store/store-location.ts";
import type { Table } from "../../core/table/table.ts";
import type { Fact } from "../../tui/state/restore/restore-frame.ts";
import { momentOption } from "../options/moment.ts";
import {
  openRequestedTable,
  parseTableRequest,
  type TableRequest,
  type TableWords,
} from "../options/table-request.ts";
import type { OutputMode } from "../output/mode.ts";
import { stoppable } from "../output/stop-signals.ts";
import { openSelection } from "./open-selection.ts";
import { momentText, resumeFacts, selectionFacts, tableFacts } from "./restore-facts.ts";
import {
  type PartWords,
  type PlanRequest,
  type PlanWords,
  parsePlanRequest,
  readsOption,
  refusePartContradictions,
  wrong,
} from "./restore-request.ts";
import { mustBeAnswered, showRestore } from "./show-restore.ts";

export interface RewindWords extends TableWords, PlanWords, PartWords {
  from?: string | undefined;
  to?: string | undefined;
  force: boolean;
  reads?: string | undefined;
}

interface RewindRequest extends TableRequest, PlanRequest {
  from: number;
  to: number;
  force: boolean;
  reads: number;
  part: PartWords;
}

/** @throws DdbrError for whatever is wrong or contradicts itself */
export function parseRewind(words: RewindWords): RewindRequest {
  refusePartContradictions(words);
  const { key, keysFile, partition, where, force } = words;
  const from = momentOption("--from", words.from);
  const to = momentOption("--to", words.to);
  if (from === undefined || to === undefined) {
    throw wrong(
      `${from === undefined ? "--from" : "--to"} is missing`,
      "say when the window begins and ends",
    );
  }
  if (from >= to) {
    const hint = "the window goes from the earlier to the later moment";
    throw wrong(`--from ${words.from} is not before --to ${words.to}`, hint);
  }
  const request = parseTableRequest(words);
  return {
    ...request,
    ...parsePlanRequest(words, "rewind", request.table.name),
    from,
    to,
    force,
    reads: readsOption(words.reads),
    part: { key, keysFile, partition, where },
  };
}

interface Opened {
  table: Table;
  folder: ObjectStore;
  selection: Selection;
}

/** `ddbr rewind`, its words understood; returns the exit code. */
export async function runRewind(request: RewindRequest, mode: OutputMode): Promise<number> {
  mustBeAnswered(request, mode);
  const { jobId, from, to, force, reads, dryRun, undoFile, resume, writePrice, yes } = request;
  const opened = await stoppable((signal) => open(request, signal));
  try {
    return await showRestore({
      command: "rewind",
      mode,
      yes,
      writePrice,
      table: request.table.text,
      facts: factsOf(opened, request),
      run: (controls) =>
        rewindTable({
          ...controls,
          ...opened,
          jobId,
          source: request.place.text,
          from,
          to,
          force,
          reads,
          dryRun,
          undoFile,
          resume,
          patienceMs: request.storeOptions.patienceMs ?? 0,
        }),
    });
  } finally {
    close(opened);
  }
}

async function open(request: RewindRequest, signal: AbortSignal): Promise<Opened> {
  const { tableOptions, maxWriteUnits, place, storeOptions } = request;
  const opened: Partial<Opened> = {};
  try {
    const paced = { ...request, tableOptions: { ...tableOptions, maxWriteUnits } };
    opened.table = await openRequestedTable(paced, signal);
    opened.folder = await openExistingStore(placeIn(place, request.table.name), storeOptions, signal);
    opened.selection = await openSelection(request.part, opened.table.description.schema, signal);
    return opened as Opened;
  } catch (error) {
    close(opened);
    throw error;
  }
}

function close({ table, folder, selection }: Partial<Opened>): void {
  selection?.keys?.close();
  folder?.close();
  table?.close();
}

function factsOf({ table, folder, selection }: Opened, { from, to, force, resume }: RewindRequest): Fact[] {
  return [
    ...tableFacts(table),
    { label: "source", text: folder.location.text },
    {
      label: "window",
      text: `${momentText(from)} to ${momentText(to)}: back to what it was at its beginning`,
    },
    ...(force ? [{ label: "", text: "FORCED: also what was changed again after the window" }] : []),
    ...selectionFacts(selection),
    ...resumeFacts(resume),
  ];
}
