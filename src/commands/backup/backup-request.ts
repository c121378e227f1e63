import type { BackupOptions } from "../../core/backup/backup-table.ts";
import { COMPRESSIONS } from "../../core/backup/compression.ts";
import { LINE_FORMATS } from "../../core/backup/item-lines.ts";
import { DdbrError } from "../../core/errors.ts";
import { OWN_FOLDER } from "../../core/store/directory/layout.ts";
import { keyProblem } from "../../core/store/store-location.ts";
import { choiceOption } from "../options/choice.ts";
import { type JobTerms, type JobWords, jobOption, refuseWithState } from "../options/job.ts";
import { refuseWithOn } from "../options/on.ts";
import { type SegmentWords, segmentOption, segmentSource } from "../options/segment.ts";
import { parseTableRequest, type TableRequest, type TableWords } from "../options/table-request.ts";
import { namespaceOption } from "../transfer/metrics.ts";

export interface BackupWords extends TableWords, SegmentWords, JobWords {
  jobid?: string | undefined;
  resume: boolean;
  overwrite: boolean;
  compress?: string | undefined;
  format?: string | undefined;
  metric?: string | undefined;
}

export interface BackupRequest
  extends TableRequest,
    Pick<BackupOptions, "compression" | "contents" | "existing"> {
  /** Undefined: one that nobody else has. */
  jobId: string | undefined;
  segment: number | undefined;
  /** CloudWatch's namespace. */
  metric: string | undefined;
  /** Take part in a job of many workers. */
  job: JobTerms | undefined;
}

/** @throws DdbrError for whatever is wrong or contradicts itself */
export function parseBackupRequest(words: BackupWords): BackupRequest {
  const { resume, overwrite, jobid, metric, state } = words;
  refuseWithState(words, {
    "--resume": { given: resume, hint: "with the same --state the same command goes on" },
    "--overwrite": { given: overwrite, hint: "give another --jobid and another --state" },
    "--metric": {
      given: metric !== undefined,
      hint: "ddbr collect --metric sends what all workers have written",
    },
  });
  refuseWithOn(words, {
    "--resume": { given: resume, hint: "come back to a run with --join" },
    "--overwrite": { given: overwrite, hint: "give another --jobid" },
    "--metric": {
      given: metric !== undefined,
      hint: "ddbr collect --metric, of the run's state, sends what was written",
    },
  });
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
  if (jobid === undefined && state === undefined && words.segmentBy !== undefined) {
    throw wrong(
      `an array job (${words.segmentBy}) needs --jobid or --state`,
      "all its jobs write to one folder",
    );
  }
  const request = parseTableRequest(words);
  return {
    ...request,
    segment: segmentOption(words, request.segments),
    jobId: jobid === undefined ? undefined : jobIdOption(jobid),
    compression: choiceOption("--compress", words.compress, COMPRESSIONS),
    contents: choiceOption("--format", words.format, LINE_FORMATS),
    existing: resume ? "resume" : overwrite ? "overwrite" : "refuse",
    metric: namespaceOption(metric),
    job: jobOption(words, words, request.tableOptions.access),
  };
}

function jobIdOption(text: string): string {
  const problem = text.includes("/") ? 'holds a "/"' : keyProblem(text);
  if (text === OWN_FOLDER)
    throw new DdbrError("usage", `--jobid ${text} is kept for versions`, { hint: "give another" });
  if (problem === undefined) return text;
  throw new DdbrError("usage", `--jobid ${JSON.stringify(text)} ${problem}`, { hint: "it names one folder" });
}
