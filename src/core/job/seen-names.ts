import { promisify } from "node:util";
import { gunzip, gzip } from "node:zlib";
import type { FolderNames } from "../diff/folder-names.ts";
import { DdbrError } from "../errors.ts";
import { inParallel } from "../in-parallel.ts";
import { isRecordName } from "../incremental/record-object.ts";
import { SegmentBook } from "../state/segment-book.ts";
import type { StatePlace } from "../state/state-place.ts";
import { missingText } from "./how-far.ts";
import { damagedPart, readPart } from "./read-part.ts";

/** Parts with the names of objects that a stretch has seen: a line for each, gzipped. */
const EXTENSION = "names.gz";

const PARTS_AT_ONCE = 4;

/** @param names a line for each */
export async function namesPart(names: string): Promise<{ extension: string; body: Uint8Array }> {
  // Digits of hashes have nothing in common: more effort saves nothing.
  return { extension: EXTENSION, body: await promisify(gzip)(names, { level: 1 }) };
}

/** Takes in what the workers on a job's segments have seen. @throws DdbrError `condition-failed` while segments are not done; `damaged` */
export async function readSeenNames(
  place: StatePlace,
  segments: number,
  names: FolderNames,
  signal: AbortSignal,
): Promise<void> {
  const all = Array.from({ length: segments }, (_, segment) => segment);
  const states = await new SegmentBook(place).look(all, signal);
  const missing = states.filter(({ status }) => status !== "done").map(({ segment }) => segment);
  if (missing.length > 0) {
    throw new DdbrError("condition-failed", missingText(missing, segments), {
      subject: place.location.text,
      hint: "what the folder holds beyond the table is known only when all are done",
    });
  }
  const parts = states.flatMap(({ segment, newest }) =>
    newest!.record.parts.filter((name) => name.endsWith(`.${EXTENSION}`)).map((name) => ({ segment, name })),
  );
  await inParallel(parts, PARTS_AT_ONCE, async ({ segment, name }) => {
    const lines = await linesOf(await readPart(place, segment, name, signal)).catch(() => [""]);
    if (!lines.every(isRecordName)) {
      throw damagedPart(place, segment, name, "does not hold the names of objects");
    }
    for (const seen of lines) names.see(seen);
  });
}

async function linesOf(body: Buffer): Promise<string[]> {
  const text = (await promisify(gunzip)(body)).toString();
  return text.slice(0, -1).split("\n");
}
