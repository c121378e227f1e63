import { resolve } from "node:path";
import type { DiffMode } from "../../core/diff/diff-events.ts";
import { DdbrError } from "../../core/errors.ts";
import { parseTableLocation, type TableLocation } from "../../core/location.ts";
import type { Cost } from "../../core/pacing/run-pacing.ts";
import { MOST_SEGMENTS } from "../../core/segments.ts";
import type { AccessOptions } from "../../core/table/access.ts";
import { accessOption } from "../options/access.ts";
import { type CostWords, costOption } from "../options/cost.ts";
import { type JobTerms, type JobWords, jobOption, refuseWithState } from "../options/job.ts";
import { localFile } from "../options/local-file.ts";
import { numberOption } from "../options/numbers.ts";
import { type OnTerms, type OnWords, onOptions, refuseOutOfReach, refuseWithOn } from "../options/on.ts";
import { type SegmentWords, segmentOption, segmentSource } from "../options/segment.ts";
import { settleOption } from "../options/settle.ts";
import { patienceOption, type StoreWords } from "../options/store-access.ts";

/** The words of the command line, as they were typed. */
export interface DiffWords extends SegmentWords, JobWords, OnWords, StoreWords, CostWords {
  primary: string;
  replica: string;
  repair: boolean;
  backfill: boolean;
  dryRun: boolean;
  concurrency?: string | undefined;
  sample?: string | undefined;
  ignore?: string[] | undefined;
  globalTableAttributes: boolean;
  maxRcu?: string | undefined;
  maxWcu?: string | undefined;
  consistent: boolean;
  settle?: string | undefined;
  memory?: string | undefined;
  report?: string | undefined;
  undoFile?: string | undefined;
  primaryProfile?: string | undefined;
  replicaProfile?: string | undefined;
  primaryRoleArn?: string | undefined;
  replicaRoleArn?: string | undefined;
  primaryExternalId?: string | undefined;
  replicaExternalId?: string | undefined;
}

/** What they ask for: checked, but nothing looked up yet. */
export interface DiffRequest {
  primary: TableLocation;
  replica: TableLocation;
  primaryAccess: AccessOptions;
  replicaAccess: AccessOptions;
  mode: DiffMode;
  dryRun: boolean;
  segment: number | undefined;
  segments: number | undefined;
  concurrency: number;
  sample: number | undefined;
  ignore: string[];
  globalTableAttributes: boolean;
  maxReadUnits: number | undefined;
  maxWriteUnits: number | undefined;
  cost: Cost;
  consistent: boolean;
  settleMs: number;
  waitingBytes: number;
  patienceMs: number;
  reportFile: string | undefined;
  undoFile: string | undefined;
  /** Take part in a job of many workers. */
  job: JobTerms | undefined;
  /** Let a runner do it. */
  on: OnTerms | undefined;
}

export const DEFAULTS = { concurrency: 4, memoryMb: 32 };

const MB = 1024 * 1024;

/** @throws DdbrError for whatever is wrong or contradicts itself */
export function parseDiffRequest(words: DiffWords): DiffRequest {
  refuseContradictions(words);
  const number = numberOption;
  const on = onOptions(words);
  const [primary, replica] = [parseTableLocation(words.primary), parseTableLocation(words.replica)];
  if (on !== undefined) refuseOutOfReach([primary, replica]);
  const segments = number("--segments", words.segments, { min: 1, max: MOST_SEGMENTS, integer: true });
  const segment = segmentOption(words, segments);
  return {
    primary,
    replica,
    primaryAccess: accessOption(
      "--primary-",
      words.primaryProfile,
      words.primaryRoleArn,
      words.primaryExternalId,
    ),
    replicaAccess: accessOption(
      "--replica-",
      words.replicaProfile,
      words.replicaRoleArn,
      words.replicaExternalId,
    ),
    mode: words.backfill ? "backfill" : words.repair ? "repair" : "check",
    dryRun: words.dryRun,
    segment,
    segments,
    concurrency:
      on?.concurrency ??
      number("--concurrency", words.concurrency, { min: 1, max: 256, integer: true }) ??
      DEFAULTS.concurrency,
    sample: number("--sample", words.sample, { min: 0, max: 1, above: true }),
    ignore: words.ignore ?? [],
    globalTableAttributes: words.globalTableAttributes,
    maxReadUnits: number("--max-rcu", words.maxRcu, { min: 0, above: true }),
    maxWriteUnits: number("--max-wcu", words.maxWcu, { min: 0, above: true }),
    cost: costOption(words),
    consistent: words.consistent,
    settleMs: settleOption(words.settle),
    waitingBytes: (number("--memory", words.memory, { min: 1, max: 1_000_000 }) ?? DEFAULTS.memoryMb) * MB,
    patienceMs: patienceOption(words.patience),
    reportFile: localFile("--report", words.report),
    undoFile: localFile("--undo-file", words.undoFile),
    job: jobOption(words, words),
    on,
  };
}

function refuseContradictions(words: DiffWords): void {
  const { backfill, repair, sample, segment, undoFile, report, ignore } = words;
  refuseWithState(words, {
    "--sample": { given: sample !== undefined, hint: "a job does all segments" },
    "--report": { given: report !== undefined, hint: "ddbr collect writes the report of all workers" },
    "--undo-file": {
      given: undoFile !== undefined,
      hint: "compare with --state, then repair what was found with --repair --undo-file on one machine",
    },
  });
  refuseWithOn(words, {
    "--sample": { given: sample !== undefined, hint: "a runner does all segments" },
    "--undo-file": {
      given: undoFile !== undefined,
      hint: "compare with --on, then repair what was found with --repair --undo-file on one machine",
    },
    "--s3-profile": { given: words.s3Profile !== undefined, hint: "give --on-profile" },
    "--s3-role-arn": {
      given: words.s3RoleArn !== undefined,
      hint: "name the role in a profile: --on-profile",
    },
  });
  if (sample !== undefined && segment !== undefined) {
    throw contradiction(`--sample contradicts ${segmentSource(words)}`, "--sample picks the segments itself");
  }
  if (backfill && sample !== undefined) {
    throw contradiction("--sample contradicts --backfill", "a part of a table is no replica");
  }
  if (backfill && ignore !== undefined) {
    throw contradiction(
      "--ignore contradicts --backfill",
      "a backfill writes whole items and compares nothing",
    );
  }
  if (backfill && undoFile !== undefined) {
    throw contradiction(
      "--undo-file contradicts --backfill",
      "a backfill does not read what it replaces: use --repair",
    );
  }
  if (undoFile !== undefined && !repair) {
    throw contradiction("--undo-file needs --repair", "without it nothing is replaced");
  }
  if (undoFile !== undefined && report !== undefined && resolve(undoFile) === resolve(report)) {
    throw contradiction("--report and --undo-file name the same file", "give them different names");
  }
  if (ignore?.includes("")) throw contradiction("--ignore is empty", "name an attribute");
}

function contradiction(message: string, hint: string): DdbrError {
  return new DdbrError("usage", message, { hint });
}
