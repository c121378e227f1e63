import { isUtf8 } from "node:buffer";
import { DdbrError } from "../errors.ts";

/** A report's line may hold two images of an item of 400 KB, as JSON. */
const LONGEST_LINE = 16 * 1024 * 1024;
const LINE_FEED = 10;
const BYTE_ORDER_MARK = "\ufeff";

export interface TextLine {
  /** The first is 1. */
  number: number;
  text: string;
}

/**
 * The lines of a text, as they come.
 * @param subject what is read, for errors
 * @throws DdbrError `file` for what is no text
 */
export async function* textLines(
  bytes: AsyncIterable<Uint8Array>,
  subject: string,
): AsyncGenerator<TextLine> {
  let number = 0;
  let pieces: Uint8Array[] = [];
  let length = 0;
  const wrong = (problem: string) =>
    new DdbrError("file", problem, {
      subject: `${subject}, line ${number}`,
      hint: "a file of keys holds one JSON object a line, in UTF-8",
    });
  const take = (piece: Uint8Array) => {
    pieces.push(piece);
    length += piece.length;
  };
  const line = (): TextLine => {
    number++;
    const whole = Buffer.concat(pieces);
    [pieces, length] = [[], 0];
    if (!isUtf8(whole)) throw wrong("is not UTF-8 text");
    const text = whole.toString();
    return { number, text: number === 1 && text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text };
  };
  for await (const chunk of bytes) {
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, start)) {
      take(chunk.subarray(start, end));
      yield line();
      start = end + 1;
    }
    // What stays is kept beyond the chunk's life, so it is copied.
    if (start < chunk.length) take(chunk.slice(start));
    if (length > LONGEST_LINE) {
      number++;
      throw wrong("has no end");
    }
  }
  if (length > 0) yield line();
}
