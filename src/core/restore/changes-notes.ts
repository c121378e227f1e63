import { CHANGE_KINDS, type ChangeKind } from "./change.ts";
import { parseObject } from "./change-line.ts";
import type { RestoreJob, RestoreMode, RestorePlan, RestoreSummary } from "./restore-events.ts";

/** The first line of a file of changes: which restore it belongs to. Times are ISO 8601, UTC. */
export interface ChangesHeader {
  jobId: string;
  job: RestoreJob;
  /** The table, as typed. */
  table: string;
  arn: string;
  /** When the table was made. */
  createdAt: string;
  /** As typed. */
  source: string;
  /** Whose state was wanted; with `until`, the window. */
  at?: string | undefined;
  until?: string | undefined;
  mode?: RestoreMode | undefined;
  /** Which records; any JSON. */
  selection?: unknown;
  /** The table was made by this restore: nobody else's records are in it. */
  created: boolean;
  /** Many workers have written it: a record may come several times, and some of the changes may never have happened. */
  repeats?: boolean | undefined;
  startedAt: string;
}

/** How far the changes of a file are settled, over all runs. */
export interface ChangesProgress {
  /** Bytes from the file's beginning: every change before it is settled. 0: none is. */
  offset: number;
  /** Those before it that are done. */
  done: Record<ChangeKind, number>;
  /** Those before it that others' writes came before, and that the service refused. */
  raced: number;
  undone: number;
}

export interface ChangesFinished {
  at: string;
  outcome: RestoreSummary["outcome"];
}

/** What may follow the changes, one a line. */
export type ChangesNote =
  | { planned: RestorePlan }
  | { progress: ChangesProgress }
  | { finished: ChangesFinished };

const FORMAT = "ddbr-changes";
const VERSION = 1;
const NOTE = /^\{"(planned|progress|finished)":/;

export function headerLine(header: ChangesHeader): string {
  return `${JSON.stringify({ format: FORMAT, version: VERSION, ...header })}\n`;
}

/**
 * - `undefined`: the line is no header at all · a text: why it cannot be used
 */
export function parseHeader(line: string): ChangesHeader | string | undefined {
  const { format, version, ...header } = parseObject(line) ?? {};
  if (format === undefined) return undefined;
  if (format !== FORMAT) return `is of another format (${JSON.stringify(format)})`;
  if (version !== VERSION)
    return `is of version ${JSON.stringify(version)}, and this program knows ${VERSION}`;
  return isHeader(header) ? header : "has a first line that is not whole";
}

function isHeader(header: { [name in keyof ChangesHeader]?: unknown }): header is ChangesHeader {
  const { jobId, job, table, arn, createdAt, source, startedAt } = header;
  const texts = [jobId, job, table, arn, createdAt, source, startedAt];
  return texts.every((text) => typeof text === "string") && typeof header.created === "boolean";
}

export function noteLine(note: ChangesNote): string {
  return `${JSON.stringify(note)}\n`;
}

/** Undefined: the line is none, but a change. @returns a text: what is wrong with it */
export function parseNote(line: string): ChangesNote | string | undefined {
  const name = NOTE.exec(line)?.[1];
  if (name === undefined) return undefined;
  const note = parseObject(line);
  const isNote =
    name === "planned"
      ? isPlan(note?.planned)
      : name === "progress"
        ? isProgress(note?.progress)
        : typeof member(note?.finished, "outcome") === "string";
  return isNote ? (note as ChangesNote) : `is no whole note of what was ${name}`;
}

function isPlan(value: unknown): boolean {
  const changes = member(value, "changes");
  const left = member(value, "left");
  const isCounted = CHANGE_KINDS.every((kind) => isCount(member(member(changes, kind), "items")));
  return isCounted && isCount(member(value, "equal")) && typeof left === "object" && left !== null;
}

function isProgress(value: unknown): boolean {
  const done = member(value, "done");
  const numbers = [member(value, "offset"), member(value, "raced"), member(value, "undone")];
  return [...numbers, ...CHANGE_KINDS.map((kind) => member(done, kind))].every(isCount);
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function member(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
