import { parseChangeLine } from "./change-line.ts";
import { type ChangesFinished, type ChangesProgress, parseNote } from "./changes-notes.ts";
import { type LineBlocks, LONGEST_LINE, lineFeedBefore } from "./line-blocks.ts";
import type { RestorePlan } from "./restore-events.ts";

/** What stands behind the changes of a file. */
export interface ChangesTail {
  /** Where the last change ends, and where the last whole line does. */
  changesEnd: number;
  end: number;
  plan: RestorePlan | undefined;
  /** The last that was noted. */
  progress: ChangesProgress | undefined;
  /** Undefined where something was noted afterwards. */
  finished: ChangesFinished | undefined;
}

const FIRST_LOOK_BYTES = 64 * 1024;

/**
 * Reads a file from its end back to where the plan was complete, or to the first change that it meets: the changes themselves may be many.
 * @param start where the first change begins
 * @throws DdbrError `damaged`
 */
export function readTail(lines: LineBlocks, start: number): ChangesTail {
  for (let bytes = FIRST_LOOK_BYTES; ; bytes *= 2) {
    const tail = lookBack(lines, start, bytes);
    if (tail !== undefined) return tail;
  }
}

/** Undefined: more of the file is needed. */
function lookBack(lines: LineBlocks, start: number, bytes: number): ChangesTail | undefined {
  const { from, block } = lines.last(start, bytes);
  const isAll = from === start;
  let lineEnd = lineFeedBefore(block, block.length) + 1;
  if (lineEnd === 0 && !isAll) {
    if (bytes > LONGEST_LINE) throw lines.damaged(lines.size, "has no end");
    return undefined;
  }
  const end = from + lineEnd;
  const tail: ChangesTail = {
    changesEnd: end,
    end,
    plan: undefined,
    progress: undefined,
    finished: undefined,
  };
  while (lineEnd > 0) {
    const begin = lineFeedBefore(block, lineEnd - 1) + 1;
    if (begin === 0 && !isAll) return undefined;
    const text = block.toString("utf8", begin, lineEnd - 1);
    const note = parseNote(text);
    if (typeof note === "string") throw lines.damaged(from + begin, note);
    if (note === undefined) {
      if (parseChangeLine(text) === undefined) throw lines.damaged(from + begin, "is no change of a record");
      // Notes without a plan before them would be of no use.
      return { ...tail, progress: undefined, finished: undefined };
    }
    if ("planned" in note) return { ...tail, changesEnd: from + begin, plan: note.planned };
    if ("progress" in note) tail.progress ??= note.progress;
    else if (tail.progress === undefined) tail.finished ??= note.finished;
    lineEnd = begin;
  }
  return tail;
}
