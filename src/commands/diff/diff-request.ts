import { resolve } from "node:path";
import type { DiffMode } from "../../core/diff/diff-events.ts";
import { MOST_SEGMENTS } from "../../core/diff/segments.ts";
import { DdbrError } from "../../core/errors.ts";
import { parseTableLocation, type TableLocation } from "../../core/location.ts";
import type { AccessOptions } from "../../core/table/access.ts";
import { numberOption } from "../options/numbers.ts";

/** The words of the command line, as they were typed. */
export interface DiffWords {
  primary: string;
  replica: string;
  repair: boolean;
  backfill: boolean;
  dryRun: boolean;
  segment?: string | undefined;
  segments?: string | undefined;
  concurrency?: string | undefined;
  sample?: string | undefined;
  ignore?: string[] | undefined;
  globalTableAttributes: boolean;
  maxRcu?: string | undefined;
  maxWcu?: string | undefined;
  consistent: boolean;
  settle?: string | undefined;
  memory?: string | undefined;
  patience?: string | undefined;
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
  consistent: boolean;
  settleMs: number;
  waitingBytes: number;
  patienceMs: number;
  reportFile: string | undefined;
  undoFile: string | undefined;
}

export const DEFAULTS = { concurrency: 4, settleSeconds: 3, memoryMb: 32, patienceSeconds: 60 };

const MB = 1024 * 1024;

/** @throws DdbrError for whatever is wrong or contradicts itself */
export function parseDiffRequest(words: DiffWords): DiffRequest {
  refuseContradictions(words);
  const number = numberOption;
  const segments = number("--segments", words.segments, { min: 1, max: MOST_SEGMENTS, integer: true });
  const segment = number("--segment", words.segment, { min: 0, max: MOST_SEGMENTS - 1, integer: true });
  if (segment !== undefined && segments === undefined) {
    throw contradiction(
      "--segment needs --segments",
      "say how many segments there are in all: --segment 0 --segments 10",
    );
  }
  if (segment !== undefined && segment >= segments!) {
    throw contradiction(
      `there is no segment ${segment} among ${segments}`,
      `--segment counts from 0 to ${segments! - 1}`,
    );
  }
  return {
    primary: parseTableLocation(words.primary),
    replica: parseTableLocation(words.replica),
    primaryAccess: access("primary", words.primaryProfile, words.primaryRoleArn, words.primaryExternalId),
    replicaAccess: access("replica", words.replicaProfile, words.replicaRoleArn, words.replicaExternalId),
    mode: words.backfill ? "backfill" : words.repair ? "repair" : "check",
    dryRun: words.dryRun,
    segment,
    segments,
    concurrency:
      number("--concurrency", words.concurrency, { min: 1, max: 256, integer: true }) ?? DEFAULTS.concurrency,
    sample: number("--sample", words.sample, { min: 0, max: 1, above: true }),
    ignore: words.ignore ?? [],
    globalTableAttributes: words.globalTableAttributes,
    maxReadUnits: number("--max-rcu", words.maxRcu, { min: 0, above: true }),
    maxWriteUnits: number("--max-wcu", words.maxWcu, { min: 0, above: true }),
    consistent: words.consistent,
    settleMs: (number("--settle", words.settle, { min: 0, max: 3600 }) ?? DEFAULTS.settleSeconds) * 1000,
    waitingBytes: (number("--memory", words.memory, { min: 1, max: 1_000_000 }) ?? DEFAULTS.memoryMb) * MB,
    patienceMs:
      (number("--patience", words.patience, { min: 0, max: 86_400 }) ?? DEFAULTS.patienceSeconds) * 1000,
    reportFile: path("--report", words.report),
    undoFile: path("--undo-file", words.undoFile),
  };
}

function refuseContradictions(words: DiffWords): void {
  const { backfill, repair, sample, segment, undoFile, report, ignore } = words;
  if (sample !== undefined && segment !== undefined) {
    throw contradiction("--sample contradicts --segment", "--sample picks the segments itself");
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

function access(
  side: string,
  profile: string | undefined,
  roleArn: string | undefined,
  externalId: string | undefined,
): AccessOptions {
  if (profile === "") throw contradiction(`--${side}-profile is empty`, "name a profile of ~/.aws/config");
  if (externalId !== undefined && roleArn === undefined) {
    throw contradiction(`--${side}-external-id needs --${side}-role-arn`, "an external id belongs to a role");
  }
  if (roleArn !== undefined && !/^arn:aws[a-z-]*:iam::\d{12}:role\/.+$/.test(roleArn)) {
    throw contradiction(
      `--${side}-role-arn is ${JSON.stringify(roleArn)}, not a role's ARN`,
      "it looks like arn:aws:iam::123456789012:role/name",
    );
  }
  return {
    ...(profile === undefined ? {} : { profile }),
    ...(roleArn === undefined ? {} : { roleArn }),
    ...(externalId === undefined ? {} : { externalId }),
  };
}

function path(option: string, text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  if (text === "" || text.includes("\0"))
    throw contradiction(`${option} is no file's name`, "name a local file");
  if (/^[a-z0-9]+:\/\//i.test(text)) throw contradiction(`${option} is a URL`, "name a local file");
  return text;
}

function contradiction(message: string, hint: string): DdbrError {
  return new DdbrError("usage", message, { hint });
}
