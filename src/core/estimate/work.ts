import type { Costs, CpuCost } from "./parameters.ts";
import type { Question, TableSize } from "./question.ts";
import { exactly, NONE, type Range } from "./range.ts";

/** Where requests go. `backup` is a place on S3, `state` that of a run that many workers share. */
export type End = "primary" | "replica" | "table" | "backup" | "state";

/** Requests of one kind. */
export interface Part {
  end: End;
  /** As the service calls it. */
  operation: string;
  requests: Range;
  readUnits: Range;
  writeUnits: Range;
  /** As S3 charges for it: writing and listing, or reading. */
  charged?: "put" | "get";
}

/** What is done at the same time; phases come one after the other. */
export interface Phase {
  parts: Part[];
  /** For how long all lanes together wait for answers, milliseconds. */
  waitMs: number;
  /** What is under way at the same time, in all processes. */
  lanes: number;
  /** Processor time, microseconds: of the threads that do the work, one for each process, and of those beside them. */
  cpu: { thread: number; beside: number };
}

/** How the work is shared out. */
export interface Shares {
  processes: number;
  segments: number;
  /** Segments that all processes together do at the same time. */
  lanes: number;
  /** The workers keep what they share in a state. */
  state: boolean;
}

export interface WorkOptions {
  question: Question;
  shares: Shares;
  costs: Costs;
}

export function tablePart(end: End, operation: string, of: Partial<Part>): Part {
  return { end, operation, requests: NONE, readUnits: NONE, writeUnits: NONE, ...of };
}

export function s3Part(end: End, operation: string, charged: "put" | "get", requests: Range): Part {
  return { end, operation, requests, readUnits: NONE, writeUnits: NONE, charged };
}

export function cpuOf({ items, itemBytes }: TableSize, { item, kb }: CpuCost): number {
  return items * (item + (kb * itemBytes) / 1000);
}

/** Units for items that are each paid for by themselves: looked up with consistent reads, or written. */
export function unitsOfEach(items: number, itemBytes: number, unitBytes: number): Range {
  return exactly(items * Math.ceil(itemBytes / unitBytes));
}
