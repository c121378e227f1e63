import { DdbrError } from "../errors.ts";
import { partKey } from "../state/segment-record.ts";
import type { StatePlace } from "../state/state-place.ts";

/** A result that a segment's record names. @throws DdbrError `damaged` where it is not there; as the place */
export async function readPart(
  place: StatePlace,
  segment: number,
  name: string,
  signal: AbortSignal,
): Promise<Buffer> {
  const body = await place.get(partKey(segment, name), signal);
  if (body !== undefined) return body;
  throw damagedPart(place, segment, name, "is named by the segment's record, and is not there");
}

/** @param problem what is wrong with it */
export function damagedPart(place: StatePlace, segment: number, name: string, problem: string): DdbrError {
  return new DdbrError("damaged", problem, {
    subject: `${place.location.text}/${partKey(segment, name)}`,
    hint: `remove ${place.location.text}/segments/${segment} for the segment to be done anew`,
  });
}
