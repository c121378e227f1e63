import { fitLine, type Line, lineWidth, span } from "../../format/spans.ts";
import type { Canvas } from "../../terminal/canvas.ts";
import type { HistoryLayout } from "./history-layout.ts";

/** Both panes beside each other, between rules where there is room; or the one there is. */
export function joinPanes(
  list: readonly Line[],
  item: readonly Line[],
  layout: HistoryLayout,
  canvas: Canvas,
): Line[] {
  const { glyphs } = canvas;
  const both = layout.list > 0 && layout.item > 0;
  const rule = (tee: string): Line[] => {
    if (!layout.rules) return [];
    const line = (columns: number) => glyphs.rule.repeat(columns);
    return [[span(both ? line(layout.list) + tee + line(layout.item) : line(canvas.columns), "dim")]];
  };
  const rows = Array.from({ length: layout.rows }, (_, row): Line => {
    if (!both) return (layout.list > 0 ? list : item)[row] ?? [];
    return [
      ...filled(list[row] ?? [], layout.list, glyphs.ellipsis),
      span(glyphs.divider, "dim"),
      ...(item[row] ?? []),
    ];
  });
  return [...rule(glyphs.dividerTop), ...rows, ...rule(glyphs.dividerBottom)];
}

function filled(line: Line, width: number, ellipsis: string): Line {
  const fitted = fitLine(line, width, ellipsis);
  return [...fitted, span(" ".repeat(Math.max(0, width - lineWidth(fitted))))];
}
