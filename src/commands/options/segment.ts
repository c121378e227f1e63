import { DdbrError } from "../../core/errors.ts";
import { MOST_SEGMENTS } from "../../core/segments.ts";
import { numberOption } from "./numbers.ts";

/** How a command is told to do one segment only. */
export interface SegmentWords {
  segment?: string | undefined;
  segments?: string | undefined;
  /** What said which segment, where that wasn't `--segment`. */
  segmentBy?: string | undefined;
}

/** The one segment to do, of so many; undefined: all. @throws DdbrError `usage` */
export function segmentOption(words: SegmentWords, segments: number | undefined): number | undefined {
  const name = segmentSource(words);
  const segment = numberOption(name, words.segment, { min: 0, max: MOST_SEGMENTS - 1, integer: true });
  if (segment === undefined) return undefined;
  if (segments === undefined) {
    throw new DdbrError("usage", "--segment needs --segments", {
      hint: "say how many segments there are in all: --segment 0 --segments 10",
    });
  }
  if (segment >= segments) {
    throw new DdbrError("usage", `there is no segment ${segment} among ${segments}`, {
      hint:
        words.segmentBy === undefined
          ? `--segment counts from 0 to ${segments - 1}`
          : `${name} counts from 0: give --segments as many as the array has jobs`,
    });
  }
  return segment;
}

/** What a message calls the one who said which segment. */
export function segmentSource({ segmentBy = "--segment" }: SegmentWords): string {
  return segmentBy;
}
