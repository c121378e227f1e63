import { DdbrError } from "../../core/errors.ts";
import { MOST_SEGMENTS } from "../../core/segments.ts";
import { numberOption } from "./numbers.ts";

/** The one segment to do, of so many; undefined: all. @throws DdbrError `usage` */
export function segmentOption(text: string | undefined, segments: number | undefined): number | undefined {
  const segment = numberOption("--segment", text, { min: 0, max: MOST_SEGMENTS - 1, integer: true });
  if (segment === undefined) return undefined;
  if (segments === undefined) {
    throw new DdbrError("usage", "--segment needs --segments", {
      hint: "say how many segments there are in all: --segment 0 --segments 10",
    });
  }
  if (segment >= segments) {
    throw new DdbrError("usage", `there is no segment ${segment} among ${segments}`, {
      hint: `--segment counts from 0 to ${segments - 1}`,
    });
  }
  return segment;
}
