import { randomUUID } from "node:crypto";
import { DdbrError } from "../errors.ts";
import type { Change } from "../restore/change.ts";
import { changeLine, parseChangeLine, parseObject } from "../restore/change-line.ts";
import type { RestorePlan } from "../restore/restore-events.ts";
import type { PartPosition } from "../restore/restore-source.ts";
import type { StatePlace } from "../state/state-place.ts";

/**
 * A chunk of a restore by many workers: what one of them has decided on some records of its part. It is durable before the first of them
 * is written, and so it is the plan that whoever takes over goes on with, and what the restore is undone by.
 */
export interface Chunk {
  /** Where in the part its records begin, null at the part's beginning, and where they end. */
  from: PartPosition | null;
  upTo: PartPosition;
  /** Records of the source. */
  records: number;
  plan: RestorePlan;
}

const FOLDER = "undo";
const KEY = /^undo\/(\d+)\/(\d+)-(\d+)\.ndjson$/;

/** Which of its segment's chunks: by the lease that has written it, and there from 1 on. */
export interface ChunkName {
  epoch: number;
  number: number;
}

/** False where there is one of that name already: none is ever overwritten. */
export function putChunk(
  place: StatePlace,
  segment: number,
  name: ChunkName,
  { chunk, table, changes }: { chunk: Chunk; table: string; changes: readonly Change[] },
  signal: AbortSignal,
): Promise<boolean> {
  const lines = changes.map((change) => changeLine(table, change));
  // The token makes the bytes nobody else's.
  const head = JSON.stringify({ chunk, token: randomUUID() });
  return place.putNew(keyOf(segment, name), Buffer.from(`${head}\n${lines.join("")}`), signal);
}

/** @throws DdbrError `damaged` */
export async function readChunk(
  place: StatePlace,
  segment: number,
  name: ChunkName,
  signal: AbortSignal,
): Promise<{ chunk: Chunk; changes: Change[] }> {
  const key = keyOf(segment, name);
  const damaged = (problem: string) =>
    new DdbrError("damaged", problem, {
      subject: `${place.location.text}/${key}`,
      hint: "the state is not as it was written: look for an earlier version of this object",
    });
  const body = await place.get(key, signal);
  if (body === undefined) throw damaged("was listed, and is not there");
  const [first = "", ...lines] = body.toString().split("\n");
  const { chunk } = parseObject(first) ?? {};
  if (!isChunk(chunk) || lines.pop() !== "") throw damaged("is no whole chunk of a restore");
  const changes = lines.map((line) => {
    const change = parseChangeLine(line);
    if (change === undefined) throw damaged("holds a line that is no change of a record");
    return change;
  });
  return { chunk, changes };
}

/** All there are of a segment, or of all segments; those of a segment in the order in which they were written. */
export async function listChunks(
  place: StatePlace,
  segment: number | undefined,
  signal: AbortSignal,
): Promise<{ segment: number; name: ChunkName }[]> {
  const found: { segment: number; name: ChunkName }[] = [];
  const folder = segment === undefined ? FOLDER : `${FOLDER}/${segment}`;
  for await (const keys of place.list(folder, signal)) {
    for (const key of keys) {
      const [of, epoch, number] = (KEY.exec(key) ?? []).slice(1).map(Number);
      if (of === undefined || epoch === undefined || number === undefined) continue;
      found.push({ segment: of, name: { epoch, number } });
    }
  }
  return found.sort((a, b) => a.segment - b.segment || compareNames(a.name, b.name));
}

export function compareNames(one: ChunkName, other: ChunkName): number {
  return one.epoch - other.epoch || one.number - other.number;
}

function keyOf(segment: number, { epoch, number }: ChunkName): string {
  return `${FOLDER}/${segment}/${epoch}-${number}.ndjson`;
}

function isChunk(value: unknown): value is Chunk {
  const { from, upTo, records, plan } = (value ?? {}) as Partial<Chunk>;
  return from !== undefined && upTo !== undefined && Number.isSafeInteger(records) && plan !== undefined;
}
