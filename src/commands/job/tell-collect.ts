import { escapeForTerminal } from "../../core/escape.ts";
import type { StoreLocation } from "../../core/store/store-location.ts";
import type { OutputMode } from "../output/mode.ts";
import { tellNote } from "../output/note.ts";

/**
 * Says how a worker's job goes on, or what shows its result.
 * @param segment the only one that it was to do, after which others may be left
 * @param collecting what `ddbr collect` does when all is done
 */
export function tellCollect(
  command: string,
  { outcome }: { outcome: string },
  { place, segment }: { place: StoreLocation; segment: number | undefined },
  mode: OutputMode,
  collecting = "tells what all workers have come to",
): void {
  const collect = `ddbr collect ${escapeForTerminal(place.text)}`;
  const goesOn = outcome === "interrupted" || outcome === "incomplete";
  const done = segment === undefined ? "all segments are done" : `segment ${segment} is done`;
  const note = goesOn
    ? `the same command goes on; ${collect} tells what is done`
    : `${done}; ${collect} ${collecting}`;
  tellNote(command, note, mode);
}
