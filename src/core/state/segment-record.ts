import { DdbrError } from "../errors.ts";
import type { StatePlace } from "./state-place.ts";

/** How a segment stands (docs/formats.md). Of a segment's records the one with the greatest number counts, whole. */
export interface SegmentRecord {
  /** Who has it, for people. */
  worker: string;
  /** Random, the lease's own: no two workers write the same record. */
  lease: string;
  /** How often the segment has been taken. */
  epoch: number;
  /** The lease's end by the worker's clock, ISO 8601, UTC. */
  until: string;
  /** How long the lease was from the record on. */
  leaseMs: number;
  /** `open`: given back before it was done. */
  status: "working" | "open" | "done";
  /** From where the work goes on, any JSON; null at the beginning, and when it is done. */
  checkpoint: unknown;
  /** What the work up to the checkpoint came to, any JSON. */
  totals: unknown;
  /** Names of the objects with results up to the checkpoint, in `parts/<segment>/`; no others count. */
  parts: readonly string[];
}

export interface NumberedRecord {
  number: number;
  record: SegmentRecord;
}

const FOLDER = "segments";
const KEY = /^segments\/(\d+)\/(\d{8,})\.json$/;
/** No segment is taken as often. */
const MOST_EPOCHS = 1_000_000;
/** The holder would have to go on twice between each look into the folder and at the record. */
const MOST_LOOKS = 20;

export function recordKey(segment: number, number: number): string {
  return `${FOLDER}/${segment}/${String(number).padStart(8, "0")}.json`;
}

export function partKey(segment: number, name: string): string {
  return `parts/${segment}/${name}`;
}

/** False when there is one of that number, which is another lease's or one that this lease has written differently. */
export function putRecord(
  place: StatePlace,
  segment: number,
  { number, record }: NumberedRecord,
  signal?: AbortSignal,
): Promise<boolean> {
  return place.putNew(recordKey(segment, number), Buffer.from(`${JSON.stringify(record)}\n`), signal);
}

/** @throws DdbrError `damaged` */
export async function readRecord(
  place: StatePlace,
  segment: number,
  number: number,
  signal?: AbortSignal,
): Promise<SegmentRecord | undefined> {
  const key = recordKey(segment, number);
  const body = await place.get(key, signal);
  if (body === undefined) return undefined;
  const value = parse(body.toString());
  if (isRecord(value)) return value;
  throw new DdbrError("damaged", "is no record of a segment", {
    subject: `${place.location.text}/${key}`,
    hint: "remove it, for the segment to go on from the record before, or the folder, to begin the segment anew",
  });
}

/** The greatest number of each segment that has records; of all, or of one. */
export async function newestNumbers(
  place: StatePlace,
  segment?: number,
  signal?: AbortSignal,
): Promise<Map<number, number>> {
  const numbers = new Map<number, number>();
  const folder = segment === undefined ? FOLDER : `${FOLDER}/${segment}`;
  for await (const keys of place.list(folder, signal)) {
    for (const key of keys) {
      const [of, number] = (KEY.exec(key) ?? []).slice(1).map(Number);
      if (of === undefined || number === undefined) continue;
      numbers.set(of, Math.max(number, numbers.get(of) ?? 0));
    }
  }
  return numbers;
}

/** The record that counts; undefined when the segment was never taken. @throws DdbrError `damaged` */
export async function newestRecord(
  place: StatePlace,
  segment: number,
  signal?: AbortSignal,
): Promise<NumberedRecord | undefined> {
  for (let look = 0; look < MOST_LOOKS; look++) {
    const number = (await newestNumbers(place, segment, signal)).get(segment);
    if (number === undefined) return undefined;
    const record = await readRecord(place, segment, number, signal);
    // Otherwise there are newer ones by now, and it was tidied away.
    if (record !== undefined) return { number, record };
  }
  throw new DdbrError("damaged", "records are listed that cannot be read", {
    subject: `${place.location.text}/${FOLDER}/${segment}`,
    hint: "check that nothing but this program deletes objects there",
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is SegmentRecord {
  if (typeof value !== "object" || value === null) return false;
  const { worker, lease, epoch, until, leaseMs, status, parts } = value as Partial<SegmentRecord>;
  return (
    typeof worker === "string" &&
    typeof lease === "string" &&
    Number.isSafeInteger(epoch) &&
    Number(epoch) > 0 &&
    Number(epoch) <= MOST_EPOCHS &&
    Number.isSafeInteger(leaseMs) &&
    !Number.isNaN(Date.parse(String(until))) &&
    /^(working|open|done)$/.test(String(status)) &&
    "checkpoint" in value &&
    "totals" in value &&
    Array.isArray(parts) &&
    parts.every(isPartName)
  );
}

/** Names nothing outside of the segment's folder, whoever wrote it. */
function isPartName(name: unknown): boolean {
  return typeof name === "string" && /^\d+-\d+(\.[a-z0-9]+)+$/.test(name);
}
