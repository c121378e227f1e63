import type { Line } from "../../format/spans.ts";
import type { FollowState } from "../../state/follow/follow-state.ts";
import type { Canvas } from "../../terminal/canvas.ts";
import type { Tone } from "../../terminal/tones.ts";
import { countNote, joinNotes } from "../notes.ts";

/** `undone 2 · lost 1 · throttled 3 · superseded 12 · repeated 3`: what there is of it, what is worst first. */
export function followNotes({ progress: { totals } }: FollowState, canvas: Canvas): Line {
  const notes: Line[] = [];
  const note = (word: string, count: number, tone?: Tone) => {
    if (count > 0) notes.push(countNote(word, count, tone));
  };
  note("undone", totals.skipped, "bad");
  note("shards with losses", totals.lost, "bad");
  note("throttled", totals.stream.throttles + totals.target.throttles, "warn");
  note("superseded", totals.superseded);
  note("repeated", totals.repeated);
  note("passed over", totals.passedOver);
  return joinNotes(notes, undefined, canvas);
}
