import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { DdbrError } from "../errors.ts";

const LINE_FEED = 10;
const BLOCK_BYTES = 256 * 1024;
/** A line may hold two images of an item of 400 KB, as JSON. */
export const LONGEST_LINE = 16 * 1024 * 1024;

/** A file that is read by whole lines from any place; a last line without its line break is none. */
export class LineBlocks {
  /** Bytes, when it was opened. */
  readonly size: number;
  readonly #path: string;
  readonly #file: number;

  /** @throws DdbrError `file`, as everything here does where the file cannot be read */
  constructor(path: string) {
    this.#path = path;
    this.#file = this.#guarded(() => openSync(path, "r"));
    this.size = fstatSync(this.#file).size;
  }

  /** Whole lines from `offset`, which is where a line begins, up to `end`; at least one, or none where none ends before it. */
  after(offset: number, end: number, bytes = BLOCK_BYTES): Buffer {
    for (let length = bytes; ; length *= 2) {
      const block = this.#read(offset, Math.min(length, end - offset));
      const whole = block.lastIndexOf(LINE_FEED) + 1;
      if (whole > 0 || offset + length >= end) return block.subarray(0, whole);
      if (length > LONGEST_LINE) throw this.damaged(offset, "has no end");
    }
  }

  /** The last bytes of the file, at most so many and none before `start`, and where they begin. */
  last(start: number, bytes: number): { from: number; block: Buffer } {
    const from = Math.max(start, this.size - bytes);
    return { from, block: this.#read(from, this.size - from) };
  }

  /** @param offset where the line begins that is wrong */
  damaged(offset: number, problem: string): DdbrError {
    let line = 1;
    for (let at = 0; at < offset; at += BLOCK_BYTES) {
      const block = this.#read(at, Math.min(BLOCK_BYTES, offset - at));
      for (let feed = block.indexOf(LINE_FEED); feed >= 0; feed = block.indexOf(LINE_FEED, feed + 1)) line++;
    }
    return new DdbrError("damaged", problem, {
      subject: `${this.#path}, line ${line}`,
      hint: "name an undo file as it was written, unaltered",
    });
  }

  close(): void {
    closeSync(this.#file);
  }

  #read(offset: number, length: number): Buffer {
    const bytes = Buffer.allocUnsafe(length);
    let read = 0;
    while (read < length) {
      const count = this.#guarded(() => readSync(this.#file, bytes, read, length - read, offset + read));
      if (count === 0) break;
      read += count;
    }
    return bytes.subarray(0, read);
  }

  #guarded<Result>(action: () => Result): Result {
    try {
      return action();
    } catch (error) {
      throw new DdbrError("file", `cannot be read: ${(error as Error).message}`, {
        subject: this.#path,
        hint: "name the undo file that was written",
        cause: error,
      });
    }
  }
}

/** Where the last line feed before `end` is; -1: there is none. */
export function lineFeedBefore(block: Buffer, end: number): number {
  return end === 0 ? -1 : block.lastIndexOf(LINE_FEED, end - 1);
}

/** The lines of a block, without their line feeds, and where they are in it; `next` is behind the line feed. */
export function* linesOf(block: Buffer): Generator<{ begin: number; next: number; text: string }> {
  for (let begin = 0, feed = 0; begin < block.length; begin = feed + 1) {
    feed = block.indexOf(LINE_FEED, begin);
    yield { begin, next: feed + 1, text: block.toString("utf8", begin, feed) };
  }
}
