import { randomBytes } from "node:crypto";
import { type BackupOptions, backupTable } from "../../core/backup/backup-table.ts";
import { COMPRESSIONS } from "../../core/backup/compression.ts";
import { LINE_FORMATS } from "../../core/backup/item-lines.ts";
import { segmentsBegun } from "../../core/backup/job-folder.ts";
import { DdbrError } from "../../core/errors.ts";
import { segmentsForSize } from "../../core/segments.ts";
import { OWN_FOLDER } from "../../core/store/directory/layout.ts";
import type { ObjectStore } from "../../core/store/object-store.ts";
import { keyProblem } from "../../core/store/store-location.ts";
import type { Table } from "../../core/table/table.ts";
import { choiceOption } from "../options/choice.ts";
import { type SegmentWords, segmentOption, segmentSource } from "../options/segment.ts";
import {
  openRequestedTable,
  parseTableRequest,
  type TableRequest,
  type TableWords,
} from "../options/table-request.ts";
import type { OutputMode } from "../output/mode.ts";
import { stoppable } from "../output/stop-signals.ts";
import { openStore } from "../store/open-store.ts";
import { countFailure, type MetricPlace, withMetrics } from "../transfer/metrics.ts";
import { showTransfer } from "../transfer/show-transfer.ts";

export interface BackupWords extends TableWords, SegmentWords {
  jobid?: string | undefined;
  resume: boolean;
  overwrite: boolean;
  compress?: string | undefined;
  format?: string | undefined;
  metric?: string | undefined;
}

interface BackupRequest
  extends TableRequest,
    Pick<BackupOptions, "jobId" | "compression" | "contents" | "existing"> {
  segment: number | undefined;
  /** CloudWatch's namespace. */
  metric: string | undefined;
}

/** @throws DdbrError for whatever is wrong or contradicts itself */
export function parseBackupRequest(words: BackupWords): BackupRequest {
  const { resume, overwrite, jobid, metric } = words;
  const wrong = (message: string, hint: string) => new DdbrError("usage", message, { hint });
  if (resume && overwrite) throw wrong("--resume contradicts --overwrite", "give one of them");
  if (jobid === undefined && (resume || overwrite)) {
    throw wrong(
      `--${resume ? "resume" : "overwrite"} needs --jobid`,
      "name the job, as the first run said it",
    );
  }
  // Yesterday's files of the other segments would pass for today's.
  if (overwrite && words.segment !== undefined) {
    throw wrong(
      `--overwrite contradicts ${segmentSource(words)}`,
      "give another --jobid, or write all segments anew in one run",
    );
  }
  // Each of an array's jobs would make up a name of its own.
  if (jobid === undefined && words.segmentBy !== undefined) {
    throw wrong(`an array job (${words.segmentBy}) needs --jobid`, "all its jobs write to one folder");
  }
  if (metric === "") throw wrong("--metric is empty", "name a CloudWatch namespace");
  const request = parseTableRequest(words);
  return {
    ...request,
    segment: segmentOption(words, request.segments),
    jobId: jobid === undefined ? randomBytes(8).toString("hex") : jobIdOption(jobid),
    compression: choiceOption("--compress", words.compress, COMPRESSIONS),
    contents: choiceOption("--format", words.format, LINE_FORMATS),
    existing: resume ? "resume" : overwrite ? "overwrite" : "refuse",
    metric,
  };
}

/** `ddbr backup-table`, its words understood; returns the exit code. */
export async function runBackupTable(request: BackupRequest, mode: OutputMode): Promise<number> {
  const metric = metricPlace(request);
  const { table, store, segments } = await stoppable((signal) =>
    // Who watches the errors has to hear of a table or bucket that is gone as well.
    openEnds(request, signal).catch(async (error) => {
      await countFailure(metric, signal);
      throw error;
    }),
  );
  const chosen =
    request.segment === undefined
      ? Array.from({ length: segments }, (_, segment) => segment)
      : [request.segment];
  try {
    return await showTransfer({
      command: "backup-table",
      mode,
      run: (controls) =>
        withMetrics(metric, controls, (told) =>
          backupTable({
            ...request,
            ...told,
            consistent: request.tableOptions.consistent ?? false,
            table,
            store,
            segments,
            chosen,
          }),
        ),
    });
  } finally {
    table.close();
    store.close();
  }
}

function metricPlace({ metric, table, tableOptions }: BackupRequest): MetricPlace | undefined {
  if (metric === undefined) return undefined;
  return { namespace: metric, region: table.region, table: table.name, access: tableOptions.access };
}

async function openEnds(
  request: BackupRequest,
  signal: AbortSignal,
): Promise<{ table: Table; store: ObjectStore; segments: number }> {
  const table = await openRequestedTable(request, signal);
  const store = await openStore(request.place, request.storeOptions, signal);
  const segments = request.segments ?? (await segmentsToDo(request, table, store, signal));
  return { table, store, segments };
}

/** What is gone on with keeps its segments, though the table's size is another by now. */
async function segmentsToDo(
  { existing, jobId }: BackupRequest,
  table: Table,
  store: ObjectStore,
  signal: AbortSignal,
): Promise<number> {
  const begun = existing === "resume" ? await segmentsBegun(store, jobId, signal) : undefined;
  return begun ?? segmentsForSize(table.description.bytes);
}

function jobIdOption(text: string): string {
  const problem = text.includes("/") ? 'holds a "/"' : keyProblem(text);
  if (text === OWN_FOLDER)
    throw new DdbrError("usage", `--jobid ${text} is kept for versions`, { hint: "give another" });
  if (problem === undefined) return text;
  throw new DdbrError("usage", `--jobid ${JSON.stringify(text)} ${problem}`, { hint: "it names one folder" });
}
