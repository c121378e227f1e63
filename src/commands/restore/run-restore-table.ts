import { RESTORE_MODES, type RestoreMode } from "../../core/restore/restore-events.ts";
import type { RestoreSource } from "../../core/restore/restore-source.ts";
import { restoreTable } from "../../core/restore/restore-table.ts";
import type { RestoreTarget } from "../../core/restore/run-restore.ts";
import type { Selection } from "../../core/restore/selection.ts";
import { findSource } from "../../core/restore/sources/find-source.ts";
import { segmentsForSize } from "../../core/segments.ts";
import type { Fact } from "../../tui/state/restore/restore-frame.ts";
import { choiceOption } from "../options/choice.ts";
import { momentOption } from "../options/moment.ts";
import {
  openRequestedTable,
  parseTableRequest,
  type TableRequest,
  type TableWords,
} from "../options/table-request.ts";
import type { OutputMode } from "../output/mode.ts";
import { stoppable } from "../output/stop-signals.ts";
import { openStore } from "../store/open-store.ts";
import { newTable } from "./new-table.ts";
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

export interface RestoreTableWords extends Omit<TableWords, "url">, PlanWords, PartWords {
  source: string;
  at?: string | undefined;
  mode?: string | undefined;
  create: boolean;
  like?: string | undefined;
  reads?: string | undefined;
}

interface RestoreTableRequest extends TableRequest, PlanRequest {
  /** The table is to be made. */
  create: boolean;
  like: string | undefined;
  at: number | undefined;
  mode: RestoreMode;
  reads: number;
  part: PartWords;
}

/** @throws DdbrError for whatever is wrong or contradicts itself */
export function parseRestoreTable(words: RestoreTableWords): RestoreTableRequest {
  refusePartContradictions(words);
  const { key, keysFile, partition, where, create, like } = words;
  if (like !== undefined && !create) throw wrong("--like needs --create", "without it no table is made");
  const request = parseTableRequest({ ...words, url: words.source });
  return {
    ...request,
    ...parsePlanRequest(words, "restore", request.table.name),
    create,
    like,
    at: momentOption("--at", words.at),
    mode: choiceOption("--mode", words.mode, RESTORE_MODES as [RestoreMode, ...RestoreMode[]]),
    reads: readsOption(words.reads),
    part: { key, keysFile, partition, where },
  };
}

interface Opened {
  target: RestoreTarget;
  source: RestoreSource;
  selection: Selection;
}

/** `ddbr restore-table`, its words understood; returns the exit code. */
export async function runRestoreTable(request: RestoreTableRequest, mode: OutputMode): Promise<number> {
  mustBeAnswered(request, mode);
  const { jobId, at, dryRun, undoFile, resume, concurrency, writePrice, yes } = request;
  const opened = await stoppable((signal) => open(request, signal));
  const { target, source, selection } = opened;
  const bytes = target.table === undefined ? source.bytes : target.description.bytes;
  try {
    return await showRestore({
      command: "restore-table",
      mode,
      yes,
      writePrice,
      table: request.table.text,
      facts: [...targetFacts(target), ...sourceFacts(source, request, selection), ...resumeFacts(resume)],
      run: (controls) =>
        restoreTable({
          ...controls,
          jobId,
          source,
          at,
          target,
          mode: request.mode,
          selection,
          segments: request.segments ?? segmentsForSize(bytes),
          concurrency,
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

async function open(request: RestoreTableRequest, signal: AbortSignal): Promise<Opened> {
  const { at, reads, storeOptions, create, resume, part } = request;
  const opened: Partial<Opened> = {};
  try {
    // What was begun with --create has made its table.
    if (!create || resume) opened.target = await presentTable(request, signal);
    opened.source = await findSource(
      request.place,
      { table: request.table.name, at, storeOptions, reads },
      openStore,
      signal,
    );
    opened.target ??= await newTable(withPace(request), opened.source, signal);
    opened.selection = await openSelection(part, opened.target.description.schema, signal);
    return opened as Opened;
  } catch (error) {
    close(opened);
    throw error;
  }
}

async function presentTable(request: RestoreTableRequest, signal: AbortSignal): Promise<RestoreTarget> {
  const table = await openRequestedTable(withPace(request), signal);
  return { table, description: table.description };
}

function withPace(request: RestoreTableRequest): RestoreTableRequest {
  const { tableOptions, maxWriteUnits } = request;
  return { ...request, tableOptions: { ...tableOptions, maxWriteUnits } };
}

function close({ target, source, selection }: Partial<Opened>): void {
  selection?.keys?.close();
  source?.close();
  target?.table?.close();
}

function targetFacts({ table, description }: RestoreTarget): Fact[] {
  if (table !== undefined) return tableFacts(table);
  return [{ label: "table", text: `${description.name}, which is MADE` }];
}

const KINDS: Record<RestoreSource["kind"], string> = {
  dump: "dump",
  file: "file",
  folder: "incremental folder",
  export: "export",
  changes: "incremental export",
};

function sourceFacts(source: RestoreSource, { at, mode }: RestoreTableRequest, selection: Selection): Fact[] {
  const moment = at ?? source.asOf;
  const unknown = source.kind === "folder" ? "as it is now" : "which does not tell its moment";
  const asOf = moment === undefined ? unknown : `as of ${momentText(moment)}`;
  return [
    { label: "source", text: `${source.name} (${KINDS[source.kind]}), ${asOf}` },
    { label: "mode", text: MODES[mode] },
    ...selectionFacts(selection),
  ];
}

const MODES: Record<RestoreMode, string> = {
  merge: "merge: puts what is missing or different, deletes nothing",
  missing: "missing: only puts what is absent",
  replace: "replace: the table becomes equal to the source",
};
