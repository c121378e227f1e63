import { byteCount } from "../../format/numbers.ts";
import { type Line, span } from "../../format/spans.ts";
import { fit } from "../../format/text.ts";
import type { HistoryView } from "../../state/history/history-view.ts";
import type { ListWindow } from "../../state/history/list-window.ts";
import { dayHeading, timeText } from "../../state/history/moment.ts";
import type { Timeline } from "../../state/history/timeline.ts";
import type { Canvas } from "../../terminal/canvas.ts";
import { happenedText, happenedTone } from "./happened-text.ts";

const POINTER = 3;
const TIME = "14:03:22.114".length;
const SIZE = 9;
/** Below this the size gives way, which is also told above the item. */
const SIZE_FROM = 39;

export interface ListPane {
  timeline: Timeline;
  view: HistoryView;
  window: ListWindow;
  isHit(version: number): boolean;
}

/** The versions on the screen, under their days; each line is exactly as wide as the pane. */
export function listPane(list: ListPane, width: number, canvas: Canvas): Line[] {
  return list.window.rows.map((row) =>
    "day" in row
      ? [span(fit(` ${dayHeading(row.day)} UTC`, width, canvas.glyphs.ellipsis), "accent")]
      : versionRow(list.timeline.versionAt(row.position)!, list, width, canvas),
  );
}

function versionRow(
  version: number,
  { timeline, view, isHit }: ListPane,
  width: number,
  { glyphs }: Canvas,
): Line {
  const { at, exact } = timeline.time(version);
  const { deleted, size } = timeline.listed(version);
  const happened = timeline.happened(version);
  const sizes = width >= SIZE_FROM ? SIZE : 0;
  const room = Math.max(0, width - POINTER - TIME - 1 - sizes);
  const selected = version === view.selected;
  const sign = version === view.marked ? glyphs.mark : isHit(version) ? glyphs.hit : " ";
  const pointer = `${selected ? glyphs.pointer : " "}${sign} `;
  const time = `${fit(timeText(at, exact), TIME, glyphs.ellipsis)} `;
  const what = fit(happenedText(happened, glyphs), room, glyphs.ellipsis);
  const bytes = sizes > 0 ? fit(deleted ? "" : byteCount(size), sizes, glyphs.ellipsis, "right") : "";
  if (selected) return [span(pointer + time + what + bytes, view.pane === "list" ? "selected" : "strong")];
  return [span(pointer, "warn"), span(time), span(what, happenedTone(happened)), span(bytes, "dim")];
}
