import { pipeline, Readable } from "node:stream";
import { createGunzip, createZstdDecompress } from "node:zlib";
import { DdbrError } from "../errors.ts";
import type { WireItem } from "../item/attribute-value.ts";
import { isWireItem } from "../item/validate.ts";
import type { Compression } from "./compression.ts";
import { wholeFrames } from "./zstd-frames.ts";

const GZIP = Buffer.from([0x1f, 0x8b]);
const ZSTD = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);
/** An item of 400 KB takes less than 3 MB as JSON, however it is made: what is longer is no line of items. */
const LONGEST_LINE = 16 * 1024 * 1024;
const LINE_FEED = 10;

/**
 * What the lines of a file hold, in pages as they come: gzip, zstd or plain JSON lines, told by content.
 * @param subject the file's location, for errors
 * @throws DdbrError `damaged` when it is cut short, or holds something else
 */
export async function* readLines<Line>(
  bytes: AsyncIterable<Uint8Array>,
  { parse, what }: LineParser<Line>,
  subject: string,
): AsyncGenerator<Line[]> {
  let number = 0;
  for await (const lines of linesOf(bytes, subject)) {
    const page: Line[] = [];
    for (const line of lines) {
      number++;
      if (line === "") continue;
      const parsed = parse(parseJson(line, number, subject));
      if (parsed === undefined) throw damaged(`line ${number} holds no ${what}`, subject);
      page.push(parsed);
    }
    yield page;
  }
}

export interface LineParser<Line> {
  /** What a line's JSON value means; undefined where it is not what should be there. */
  parse(value: unknown): Line | undefined;
  /** What each line should hold, for errors. */
  what: string;
}

/** Items, or the lines of an export that hold them. */
export const ITEM_LINES: LineParser<WireItem> = {
  parse(value) {
    // An item may have an attribute called Item: its value then names its type, which an export's item does not.
    return isWireItem(value) ? value : exportedItem(value);
  },
  what: "item in wire form",
};

/** The item that a line of an export holds. */
export function exportedItem(value: unknown): WireItem | undefined {
  const item = (value as { Item?: unknown } | null)?.Item;
  return isWireItem(item) ? item : undefined;
}

async function* linesOf(bytes: AsyncIterable<Uint8Array>, subject: string): AsyncGenerator<string[]> {
  /** The pieces of a line that has not ended yet. */
  let rest: Buffer[] = [];
  let length = 0;
  for await (const chunk of decompressed(bytes, subject)) {
    const end = chunk.lastIndexOf(LINE_FEED);
    if (end < 0) {
      rest.push(chunk);
      length += chunk.length;
      if (length > LONGEST_LINE) throw damaged("is no file of items: a line has no end", subject);
      continue;
    }
    // Cut at a line's end, so no character is cut in two.
    yield Buffer.concat([...rest, chunk.subarray(0, end)])
      .toString()
      .split("\n");
    rest = [chunk.subarray(end + 1)];
    length = chunk.length - end - 1;
  }
  if (length > 0) yield [Buffer.concat(rest).toString()];
}

async function* decompressed(bytes: AsyncIterable<Uint8Array>, subject: string): AsyncGenerator<Buffer> {
  const source = bytes[Symbol.asyncIterator]();
  const start = await startOf(source);
  const whole = joined(start, source);
  const compression = compressionOf(start);
  if (compression === "none") {
    for await (const chunk of whole) yield Buffer.from(chunk);
    return;
  }
  // What reading fails with is thrown by the loop as well; what decompressing fails with, is damage.
  let failure: unknown;
  const guarded = (async function* () {
    try {
      yield* whole;
    } catch (error) {
      failure = error;
      throw error;
    }
  })();
  const [input, decompressor] =
    compression === "gzip" ? [guarded, createGunzip()] : [wholeFrames(guarded), createZstdDecompress()];
  const stream = pipeline(Readable.from(input), decompressor, () => {});
  try {
    for await (const chunk of stream) yield chunk as Buffer;
  } catch (error) {
    throw failure ?? damaged(`is cut short or corrupted: ${(error as Error).message}`, subject, error);
  }
}

/** The first bytes, enough to tell the compression by, however small the pieces are that they come in. */
async function startOf(source: AsyncIterator<Uint8Array>): Promise<Buffer> {
  let start: Buffer = Buffer.alloc(0);
  while (start.length < ZSTD.length) {
    const next = await source.next();
    if (next.done) break;
    start = Buffer.concat([start, next.value]);
  }
  return start;
}

async function* joined(start: Uint8Array, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    if (start.length > 0) yield start;
    for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}

function compressionOf(start: Buffer): Compression {
  if (start.subarray(0, GZIP.length).equals(GZIP)) return "gzip";
  return start.subarray(0, ZSTD.length).equals(ZSTD) ? "zstd" : "none";
}

function parseJson(line: string, number: number, subject: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    throw damaged(`line ${number} is not JSON`, subject, error);
  }
}

function damaged(problem: string, subject: string, cause?: unknown): DdbrError {
  return new DdbrError("damaged", problem, { subject, hint: "take another copy or another backup", cause });
}
