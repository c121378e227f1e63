import { escapeForTerminal } from "../../../core/escape.ts";
import { byteCount } from "../../format/numbers.ts";
import { fitLine, type Line, lineWidth, span, spread } from "../../format/spans.ts";
import { tableText } from "../../format/table-text.ts";
import { cut } from "../../format/text.ts";
import { wrapWords } from "../../format/wrap-words.ts";
import { momentOf } from "../../state/history/comparison.ts";
import type { HistoryView, Tab } from "../../state/history/history-view.ts";
import type { ItemPage } from "../../state/history/item-page.ts";
import { momentText } from "../../state/history/moment.ts";
import type { Timeline } from "../../state/history/timeline.ts";
import type { Canvas } from "../../terminal/canvas.ts";
import { happenedText } from "./happened-text.ts";
import { type HistoryLayout, type ItemHeadLine, MARGIN } from "./history-layout.ts";

export interface ItemPane {
  timeline: Timeline;
  view: HistoryView;
  tabs: readonly Tab[];
  page: ItemPage;
  /** First line of the page on the screen. */
  top: number;
}

/** UTF-16 units of a note: more than a screen shows. */
const LONGEST_NOTE = 2000;

/** The selected version: when it was, which view of it this is, and the view. */
export function itemPane(pane: ItemPane, layout: HistoryLayout, canvas: Canvas): Line[] {
  const head = layout.itemHead.map((line) => headLine(line, pane, layout.item, canvas));
  return [...head, ...bodyOf(pane, layout, canvas)];
}

function bodyOf({ page, top }: ItemPane, { item, itemRows }: HistoryLayout, { glyphs }: Canvas): Line[] {
  const margin = span(" ".repeat(MARGIN));
  if (page.kind === "note") {
    const text = tableText(escapeForTerminal(cut(page.text, LONGEST_NOTE)), glyphs);
    const lines = wrapWords(text, item - 2 * MARGIN).slice(0, itemRows);
    return lines.map((line) => [margin, span(line, page.tone)]);
  }
  const { document } = page;
  const lines: Line[] = [];
  for (let line = top; line < Math.min(document.lines, top + itemRows); line++) {
    lines.push([margin, ...document.line(line)]);
  }
  return lines;
}

function headLine(line: ItemHeadLine, pane: ItemPane, width: number, canvas: Canvas): Line {
  const { glyphs } = canvas;
  switch (line) {
    case "moment":
      return momentLine(pane, width, canvas);
    case "recorded":
      return fitLine([span(` ${recordedText(pane, canvas)}`, "dim")], width, glyphs.ellipsis);
    case "tabs":
      return tabsLine(pane, width, canvas);
    case "caption":
      return fitLine([span(` ${pane.page.caption}`, "dim")], width, glyphs.ellipsis);
    case "blank":
      return [];
  }
}

/** `2026-11-23 14:03:22.114  changed status   1.2 kB` */
function momentLine({ timeline, view }: ItemPane, width: number, { glyphs }: Canvas): Line {
  const { selected } = view;
  const { deleted, size } = timeline.listed(selected);
  const what = happenedText(timeline.happened(selected), glyphs);
  const left: Line = [span(` ${momentOf(selected, timeline)}`, "strong"), span(`  ${what}`)];
  const right = deleted ? [] : [span(`${byteCount(size)} `, "dim")];
  return spread(left, right, width, glyphs.ellipsis);
}

function tabsLine({ tabs, view, page }: ItemPane, width: number, { glyphs, rows }: Canvas): Line {
  const line: Line = tabs.map((tab) => {
    const name =
      tab === "change" && view.marked !== undefined && view.marked !== view.selected ? "marked" : tab;
    return tab === view.tab
      ? span(` [${name}]`, view.pane === "item" ? "selected" : "strong")
      : span(`  ${name} `, "dim");
  });
  // Where the caption has no line of its own.
  if (rows >= 16 || lineWidth(line) + 12 > width) return fitLine(line, width, glyphs.ellipsis);
  return fitLine([...line, span(`  ${page.caption}`, "dim")], width, glyphs.ellipsis);
}

/** What the version comes from and where it is kept. */
function recordedText({ timeline, view }: ItemPane, { glyphs }: Canvas): string {
  const { event, sequence, at } = timeline.recorded(view.selected) ?? {};
  const { modified, versionId, name } = timeline.listed(view.selected);
  const parts = [
    event,
    at !== undefined && `stored ${momentText(modified, modified % 1000 !== 0)}`,
    sequence !== undefined && `sequence ${sequence}`,
    `version ${versionId}`,
    `object ${name}`,
  ].filter((part) => typeof part === "string");
  return tableText(escapeForTerminal(cut(parts.join(glyphs.separator), LONGEST_NOTE)), glyphs);
}
