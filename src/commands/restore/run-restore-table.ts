import { RESTORE_MODES, type RestoreMode } from "../../core/restore/restore-events.ts";
import type { RestoreSource } from "../../core/restore/restore-source.ts";
import { restoreTable } from "../../core/restore/restore-table.ts";
import type { RestoreTarget } from "../../core/restore/run-restore.ts";
import type { Selection } from "../../core/restore/selection.ts";
import { findSource } from "../../core/restore/sources/find-source.ts";
import { segmentsForSize } from "../../core/segments.ts";
import { openStore } from "../../core/store/open-store.ts";
import type { Fact } from "../../tui/state/restore/restore-frame.ts";
import { choiceOption } from "../options/choice.ts";
import { budgetText } from "../options/cost.ts";
import { type JobTerms, type JobWords, jobOption } from "../options/job.ts";
import { momentOption } from "../options/moment.ts";
import { type SegmentWords, segmentOption } from "../options/segment.ts";
import {
  openRequestedTable,
  paceTableAlone,
  parseTableRequest,
  type TableRequest,
  type TableWords,
  withPacing,
} from "../options/table-request.ts";
import type { OutputMode } from "../output/mode.ts";
import { stoppable } from "../output/stop-signals.ts";
import { newTable } from "./new-table.ts";
import { openSelection } from "./open-selection.ts";
import { resumeFacts, sourceFacts, targetFacts } from "./restore-facts.ts";
import {
  type PartWords,
  type PlanRequest,
  type PlanWords,
  parsePlanRequest,
  readsOption,
  refusePartContradictions,
  wrong,
} from "./restore-request.ts";
import { runRestoreWorker } from "./run-restore-worker.ts";
import { refuseNotShared } from "./shared-words.ts";
import { mustBeAnswered, showRestore } from "./show-restore.ts";

export interface RestoreTableWords
  extends Omit<TableWords, "url">,
    PlanWords,
    PartWords,
    SegmentWords,
    JobWords {
  source: string;
  at?: string | undefined;
  mode?: string | undefined;
  create: boolean;
  like?: string | undefined;
  reads?: string | undefined;
}

export interface RestoreTableRequest extends TableRequest, PlanRequest {
  /** The table is to be made. */
  create: boolean;
  like: string | undefined;
  at: number | undefined;
  mode: RestoreMode;
  reads: number;
  part: PartWords;
  segment: number | undefined;
  /** Take part in a job of many workers. */
  job: JobTerms | undefined;
}

/** @throws DdbrError for whatever is wrong or contradicts itself */
export function parseRestoreTable(words: RestoreTableWords): RestoreTableRequest {
  refusePartContradictions(words);
  refuseNotShared(words);
  const { key, keysFile, partition, where, create, like } = words;
  if (like !== undefined && !create) throw wrong("--like needs --create", "without it no table is made");
  const request = parseTableRequest({ ...words, url: words.source });
  const segment = segmentOption(words, request.segments);
  const plan = parsePlanRequest(words, "restore", request.table.name);
  return {
    ...request,
    ...plan,
    tableOptions: { ...request.tableOptions, maxWriteUnits: plan.maxWriteUnits },
    create,
    like,
    at: momentOption("--at", words.at),
    mode: choiceOption("--mode", words.mode, RESTORE_MODES as [RestoreMode, ...RestoreMode[]]),
    reads: readsOption(words.reads),
    part: { key, keysFile, partition, where },
    segment,
    job: jobOption(words, words, request.tableOptions.access),
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
  if (request.job !== undefined) return await runRestoreWorker(request, request.job, mode);
  if (request.on !== undefined) {
    const { runRestoreOn } = await import("./run-restore-on.ts");
    return await runRestoreOn(request, request.on, mode);
  }
  const { jobId, at, dryRun, undoFile, resume, concurrency, writePrice, yes } = request;
  const pacing = paceTableAlone(request);
  const opened = await stoppable((signal) => open(withPacing(request, pacing), signal));
  const { target, source, selection } = opened;
  const bytes = target.table === undefined ? source.bytes : target.description.bytes;
  try {
    const exitCode = await showRestore({
      command: "restore-table",
      mode,
      yes,
      writePrice,
      table: request.table.text,
      facts: [
        ...targetFacts(target),
        ...sourceFacts(source, request, selection),
        ...resumeFacts(resume),
        ...budgetFacts(request),
      ],
      run: (controls) =>
        restoreTable({
          ...controls,
          signal: AbortSignal.any([controls.signal, pacing.spent]),
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
    pacing.spent.throwIfAborted();
    return exitCode;
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
    opened.target ??= await newTable(request, opened.source, signal);
    opened.selection = await openSelection(part, opened.target.description.schema, signal);
    return opened as Opened;
  } catch (error) {
    close(opened);
    throw error;
  }
}

async function presentTable(request: RestoreTableRequest, signal: AbortSignal): Promise<RestoreTarget> {
  const table = await openRequestedTable(request, signal);
  return { table, description: table.description };
}

function close({ target, source, selection }: Partial<Opened>): void {
  selection?.keys?.close();
  source?.close();
  target?.table?.close();
}

function budgetFacts({ cost }: RestoreTableRequest): Fact[] {
  const text = budgetText(cost);
  return text === undefined ? [] : [{ label: "budget", text }];
}
