import { isUtf8 } from "node:buffer";
import { appendFileSync, closeSync, constants, fstatSync, fsyncSync, ftruncateSync, openSync } from "node:fs";
import { DdbrError } from "../errors.ts";
import type { Change } from "./change.ts";
import { parseChangeLine } from "./change-line.ts";
import {
  type ChangesFinished,
  type ChangesHeader,
  type ChangesNote,
  type ChangesProgress,
  noteLine,
  parseHeader,
} from "./changes-notes.ts";
import { type ChangesTail, readTail } from "./changes-tail.ts";
import { LineBlocks, linesOf } from "./line-blocks.ts";
import type { RestorePlan, RestoreSummary } from "./restore-events.ts";

/** Some of a file's changes, in its order. */
export interface ChangesPage {
  changes: Change[];
  /** Where each of them ends: byte offsets in the file. */
  ends: number[];
  /** Where the page ends. */
  end: number;
}

/** A plan that is written down, or what repairs have replaced, one change a line (docs/formats.md). */
export interface ChangesFile {
  readonly path: string;
  /** Undefined: an undo file of repairs, which may name a record several times, and changes that never happened. */
  readonly header: ChangesHeader | undefined;
  /** Undefined: not all of the plan is there, so nothing was written by it; or there is no header. */
  readonly plan: RestorePlan | undefined;
  /** What was noted last. */
  readonly progress: ChangesProgress | undefined;
  /** Undefined where a run has not come to its end, or another has begun since. */
  readonly finished: ChangesFinished | undefined;

  /**
   * The changes from an offset where one begins; 0: all. As much is in memory as a page is large.
   * @throws DdbrError `damaged`
   */
  pages(fromOffset: number, signal: AbortSignal): AsyncGenerator<ChangesPage>;
  /** @throws DdbrError `file` when it cannot be written; the file is as it was then */
  note(progress: ChangesProgress): void;
  /** Returns when it is durable. @throws DdbrError `file` */
  finish(outcome: RestoreSummary["outcome"]): void;
  close(): void;
}

/**
 * Opens a file of changes, and finds out how far it was carried out. A cut last line is passed over: it belongs to a program that was
 * killed while writing it.
 * @throws DdbrError `file`, `damaged`
 */
export function openChangesFile(path: string): ChangesFile {
  const lines = new LineBlocks(path);
  try {
    const { header, start } = readHeader(lines);
    const tail = readTail(lines, start);
    const { progress } = tail;
    const isNoPlace = (offset: number) => offset > tail.changesEnd || (offset < start && offset !== 0);
    if (progress && isNoPlace(progress.offset)) {
      throw lines.damaged(tail.end - 1, "tells of a place where no change is");
    }
    return new OpenChangesFile(path, lines, header, start, tail);
  } catch (error) {
    lines.close();
    throw error;
  }
}

class OpenChangesFile implements ChangesFile {
  readonly path: string;
  readonly header: ChangesHeader | undefined;
  readonly plan: RestorePlan | undefined;
  readonly #lines: LineBlocks;
  readonly #start: number;
  readonly #tail: ChangesTail;
  #progress: ChangesProgress | undefined;
  #finished: ChangesFinished | undefined;
  #notes: number | undefined;

  constructor(
    path: string,
    lines: LineBlocks,
    header: ChangesHeader | undefined,
    start: number,
    tail: ChangesTail,
  ) {
    this.path = path;
    this.header = header;
    this.plan = header && tail.plan;
    this.#lines = lines;
    this.#start = start;
    this.#tail = tail;
    this.#progress = tail.progress;
    this.#finished = tail.finished;
  }

  get progress(): ChangesProgress | undefined {
    return this.#progress;
  }

  get finished(): ChangesFinished | undefined {
    return this.#finished;
  }

  async *pages(fromOffset: number, signal: AbortSignal): AsyncGenerator<ChangesPage> {
    const { changesEnd } = this.#tail;
    for (let offset = Math.max(fromOffset, this.#start); offset < changesEnd; ) {
      signal.throwIfAborted();
      const page = parsePage(this.#lines, offset, this.#lines.after(offset, changesEnd));
      yield page;
      offset = page.end;
    }
  }

  note(progress: ChangesProgress): void {
    this.#append({ progress });
    this.#progress = progress;
    this.#finished = undefined;
  }

  finish(outcome: RestoreSummary["outcome"]): void {
    const finished = { at: new Date().toISOString(), outcome };
    this.#append({ finished });
    this.#guarded(() => fsyncSync(this.#notes!));
    this.#finished = finished;
  }

  close(): void {
    this.#lines.close();
    if (this.#notes !== undefined) closeSync(this.#notes);
  }

  #append(note: ChangesNote): void {
    this.#guarded(() => {
      this.#notes ??= this.#openForNotes();
      const { size } = fstatSync(this.#notes);
      try {
        appendFileSync(this.#notes, noteLine(note));
      } catch (error) {
        ftruncateSync(this.#notes, size);
        throw error;
      }
    });
  }

  #openForNotes(): number {
    // Never makes a file: one that was moved away meanwhile is not replaced by notes alone.
    const file = openSync(this.path, constants.O_WRONLY | constants.O_APPEND);
    const { end } = this.#tail;
    // What was cut is taken away, unless somebody else has gone on writing there.
    if (end < this.#lines.size && fstatSync(file).size === this.#lines.size) ftruncateSync(file, end);
    return file;
  }

  #guarded<Result>(action: () => Result): Result {
    try {
      return action();
    } catch (error) {
      throw new DdbrError("file", `how far it is cannot be noted: ${(error as Error).message}`, {
        subject: this.path,
        hint: "make room, and go on with --resume",
        cause: error,
      });
    }
  }
}

function readHeader(lines: LineBlocks): { header: ChangesHeader | undefined; start: number } {
  const block = lines.after(0, lines.size, 4_096);
  const [first] = linesOf(block);
  if (first === undefined) {
    const [beginning] = lines.last(0, lines.size).block;
    if (beginning !== undefined && beginning !== BRACE) throw lines.damaged(0, NO_UNDO_FILE);
    return { header: undefined, start: 0 };
  }
  const header = parseHeader(first.text);
  if (typeof header === "string") throw lines.damaged(0, header);
  if (header !== undefined) return { header, start: first.next };
  if (parseChangeLine(first.text) === undefined) throw lines.damaged(0, NO_UNDO_FILE);
  return { header: undefined, start: 0 };
}

const BRACE = "{".charCodeAt(0);
const NO_UNDO_FILE = "begins neither with a header nor with a change of a record: this is no undo file";

function parsePage(lines: LineBlocks, offset: number, block: Buffer): ChangesPage {
  const page: ChangesPage = { changes: [], ends: [], end: offset + block.length };
  // Where bytes are no UTF-8, decoding would replace them.
  const isText = isUtf8(block);
  for (const { begin, next, text } of linesOf(block)) {
    const change = isText || isUtf8(block.subarray(begin, next)) ? parseChangeLine(text) : undefined;
    if (change === undefined) throw lines.damaged(offset + begin, "is no change of a record");
    page.changes.push(change);
    page.ends.push(offset + next);
  }
  return page;
}
