import { DdbrError } from "../../errors.ts";
import type { WireKey } from "../../item/attribute-value.ts";
import { compareSequences } from "../../stream/sequence.ts";
import type { AwsPlace } from "../aws-place.ts";
import { searchLog } from "../function-log.ts";
import type { FailedBatch } from "./failed-batch.ts";

/** Lambda gives up soon after the last call. */
const BEFORE_MS = 2 * 3_600_000;
const AFTER_MS = 5 * 60_000;

/** Looks a batch up in the log of the function that could not do it. */
export async function findLoggedKeys(
  place: AwsPlace,
  group: string,
  batch: FailedBatch,
  signal: AbortSignal,
): Promise<WireKey[] | { unknown: string }> {
  const { start, at } = batch;
  if (at === undefined) return { unknown: "the message does not tell when Lambda gave up" };
  try {
    const search = { group, text: start, from: at - BEFORE_MS, to: at + AFTER_MS };
    const keys = keysTold(await searchLog(place, search, signal), batch);
    return keys ?? { unknown: `the log ${group} does not name them` };
  } catch (error) {
    if (!(error instanceof DdbrError)) throw error;
    if (error.code === "no-such-object") return { unknown: `the log ${group} is not there` };
    if (error.code === "permission") return { unknown: `the log ${group}: ${error.message}` };
    throw error;
  }
}

/**
 * The keys of a batch's records, as one of the function's lines names them.
 * @param lines of its log, as `src/lambda` writes them; others may be between
 * @returns each key once; undefined when no line names all of the records
 */
export function keysTold(lines: Iterable<string>, batch: FailedBatch): WireKey[] | undefined {
  const table = /:table\/([^/]+)/.exec(batch.streamArn)?.[1];
  for (const line of lines) {
    // A call's records are of one shard, and so are those between the first and the last: as many as there are, they are all.
    const told = failuresOf(line, table).filter(({ sequence }) => isWithin(sequence, batch));
    const bySequence = new Map(told.map(({ sequence, key }) => [sequence, key]));
    if (batch.records === 0 || bySequence.size < batch.records) continue;
    return [...new Map([...bySequence.values()].map((key) => [nameOf(key), key])).values()];
  }
  return undefined;
}

/** The same for the same key, whatever the order of its attributes. */
const nameOf = (key: WireKey) => JSON.stringify(Object.entries(key).sort());

interface ToldFailure {
  sequence: string;
  key: WireKey;
}

function failuresOf(line: string, table: string | undefined): ToldFailure[] {
  try {
    const { message, table: told, failures } = JSON.parse(line) as Record<string, unknown>;
    return message === "batch" && told === table && Array.isArray(failures) ? failures.filter(isTold) : [];
  } catch {
    return [];
  }
}

/** Of a record that made no sense the line names no key. */
function isTold(failure: unknown): failure is ToldFailure {
  const { sequence, key } = (failure ?? {}) as Record<string, unknown>;
  if (typeof sequence !== "string" || !/^\d{1,40}$/.test(sequence)) return false;
  return typeof key === "object" && key !== null && Object.values(key).every(isKeyValue);
}

function isKeyValue(value: unknown): boolean {
  const [[type, text] = [], ...others] = Object.entries((value ?? {}) as object);
  return /^[SNB]$/.test(type ?? "") && typeof text === "string" && others.length === 0;
}

function isWithin(sequence: string, { start, end }: FailedBatch): boolean {
  return compareSequences(start, sequence) <= 0 && compareSequences(sequence, end) <= 0;
}
