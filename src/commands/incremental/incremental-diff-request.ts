import type { DiffMode } from "../../core/diff/diff-events.ts";
import { DdbrError } from "../../core/errors.ts";
import { type JobTerms, type JobWords, jobOption, refuseWithState } from "../options/job.ts";
import { localFile } from "../options/local-file.ts";
import { numberOption } from "../options/numbers.ts";
import { refuseWithOn } from "../options/on.ts";
import { type SegmentWords, segmentOption } from "../options/segment.ts";
import { settleOption } from "../options/settle.ts";
import { parseTableRequest, type TableRequest, type TableWords } from "../options/table-request.ts";

export interface IncrementalDiffWords extends TableWords, SegmentWords, JobWords {
  repair: boolean;
  dryRun: boolean;
  ignore?: string[] | undefined;
  settle?: string | undefined;
  reads?: string | undefined;
  report?: string | undefined;
}

export interface IncrementalDiffRequest extends TableRequest {
  mode: DiffMode;
  dryRun: boolean;
  ignore: string[];
  settleMs: number;
  reads: number;
  reportFile: string | undefined;
  /** Only this one, of a job. */
  segment: number | undefined;
  /** Take part in a job of many workers. */
  job: JobTerms | undefined;
}

const READS = 64;

/** @throws DdbrError for whatever is wrong or contradicts itself */
export function parseIncrementalDiff(words: IncrementalDiffWords): IncrementalDiffRequest {
  if (words.ignore?.includes(""))
    throw new DdbrError("usage", "--ignore is empty", { hint: "name an attribute" });
  refuseWithState(words, {
    "--report": { given: words.report !== undefined, hint: "ddbr collect writes the report of all workers" },
  });
  refuseWithOn(words, {});
  if (words.segment !== undefined && words.state === undefined) {
    throw new DdbrError("usage", "--segment needs --state", {
      hint: "what a folder holds beyond the table is known only when all segments are done, which the state tells",
    });
  }
  const request = parseTableRequest(words);
  return {
    ...request,
    mode: words.repair ? "repair" : "check",
    dryRun: words.dryRun,
    ignore: words.ignore ?? [],
    settleMs: settleOption(words.settle),
    reads: numberOption("--reads", words.reads, { min: 1, max: 1024, integer: true }) ?? READS,
    reportFile: localFile("--report", words.report),
    segment: segmentOption(words, request.segments),
    job: jobOption(words, words, request.tableOptions.access),
  };
}
