import { randomBytes } from "node:crypto";
import { DdbrError } from "../../core/errors.ts";
import { type PriceWords, pricesOption } from "../options/cost.ts";
import { localFile } from "../options/local-file.ts";
import { numberOption } from "../options/numbers.ts";

/** The words of every command that writes records back by a plan. */
export interface PlanWords extends Pick<PriceWords, "writePrice"> {
  dryRun: boolean;
  yes: boolean;
  undoFile?: string | undefined;
  resume: boolean;
  maxWcu?: string | undefined;
}

/** What they ask for: checked, but nothing looked up yet. */
export interface PlanRequest {
  jobId: string;
  dryRun: boolean;
  yes: boolean;
  undoFile: string;
  resume: boolean;
  maxWriteUnits: number | undefined;
  /** Dollars for a million write units. */
  writePrice: number;
}

/**
 * @param what the undo file is named after where none is given, e.g. `restore`
 * @param table its name
 * @throws DdbrError `usage`
 */
export function parsePlanRequest(words: PlanWords, what: string, table: string): PlanRequest {
  const { dryRun, yes, resume } = words;
  const undoFile = localFile("--undo-file", words.undoFile);
  if (resume && dryRun) {
    throw wrong("--resume contradicts --dry-run", "the plan is made already: it stands in the undo file");
  }
  if (resume && undoFile === undefined) {
    throw wrong("--resume needs --undo-file", "name the file that the run to go on with has written");
  }
  const jobId = randomBytes(4).toString("hex");
  return {
    jobId,
    dryRun,
    yes,
    undoFile: undoFile ?? `./ddbr-${what}-${fileNamePart(table)}-${jobId}.ndjson`,
    resume,
    maxWriteUnits: numberOption("--max-wcu", words.maxWcu, { min: 0, above: true }),
    writePrice: pricesOption(words).write,
  };
}

/** A table's name is safe in a path as the service allows it; a server of one's own may know others. */
function fileNamePart(table: string): string {
  return table.replace(/[^A-Za-z0-9_.-]/g, "_").slice(0, 200);
}

/** The words of those commands that can be told to restore a part. */
export interface PartWords {
  key?: string[] | undefined;
  keysFile?: string | undefined;
  partition?: string | undefined;
  where?: string[] | undefined;
}

/** @throws DdbrError `usage` */
export function refusePartContradictions({ key, keysFile, partition }: PartWords): void {
  if (key !== undefined && keysFile !== undefined) {
    throw wrong("--key contradicts --keys", "give one of them");
  }
  const keys = key !== undefined ? "--key" : keysFile !== undefined ? "--keys" : undefined;
  if (keys !== undefined && partition !== undefined) {
    throw wrong(`--partition contradicts ${keys}`, "a key names its partition itself");
  }
}

const READS = 64;

export function readsOption(text: string | undefined): number {
  return numberOption("--reads", text, { min: 1, max: 1024, integer: true }) ?? READS;
}

export function wrong(message: string, hint: string): DdbrError {
  return new DdbrError("usage", message, { hint });
}
