import { type Line, span } from "../format/spans.ts";
import type { Frame } from "../state/frame.ts";
import type { Canvas } from "../terminal/canvas.ts";
import type { Tone } from "../terminal/tones.ts";
import { countNote, joinNotes, unitsNote } from "./notes.ts";

/** `repaired 12 · in flight 2 · looked up 14 · 1,411 of about 2,864 RCU`; what is undone comes first, with the latest reason. */
export function notesLine({ state }: Frame, canvas: Canvas): Line {
  const { totals, mode, lastUndone } = state;
  const undone = totals.undone.keys + totals.undone.segments;
  const repaired = totals.repaired.put + totals.repaired.delete;
  const notes: Line[] = [];
  const note = (word: string, count: number, tone?: Tone) => notes.push(countNote(word, count, tone));
  if (undone > 0) note("undone", undone, "bad");
  if (mode === "backfill") note("written", totals.backfilled);
  if (repaired > 0 || mode === "repair") note("repaired", repaired, repaired > 0 ? "good" : undefined);
  if (totals.repaired["by-others"] > 0) note("by others", totals.repaired["by-others"], "good");
  if (totals.racesLost > 0) note("races lost", totals.racesLost, "warn");
  if (totals.foreign > 0) note("foreign", totals.foreign, "warn");
  const { found, deleted } = totals.duplicates;
  if (found > deleted) note("duplicates", found - deleted, "warn");
  const throttles = totals.primary.throttles + totals.replica.throttles;
  if (throttles > 0) note("throttled", throttles, "warn");
  if (mode !== "backfill") {
    note("in flight", totals.inFlight);
    note("looked up", totals.primary.lookedUp + totals.replica.lookedUp);
  }
  notes.push([span(readUnits(state), "dim")]);
  return joinNotes(notes, lastUndone?.reason, canvas);
}

/** What the reads have cost so far, beside what was expected. */
function readUnits({ totals, estimatedReads }: Frame["state"]): string {
  return unitsNote(totals.primary.readUnits + totals.replica.readUnits, estimatedReads);
}
