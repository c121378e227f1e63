import type { HistoryView } from "../../state/history/history-view.ts";
import type { Size } from "../../terminal/canvas.ts";

/** Which parts of the browser there is room for. */
export interface HistoryLayout {
  /** Nothing but one line fits. */
  tiny: boolean;
  /** Columns of the panes; 0 leaves one out. */
  list: number;
  item: number;
  rules: boolean;
  status: boolean;
  /** Lines above the item itself. */
  itemHead: readonly ItemHeadLine[];
  /** Rows of both panes. */
  rows: number;
  /** Lines of the item itself. */
  itemRows: number;
}

export type ItemHeadLine = "moment" | "tabs" | "caption" | "recorded" | "blank";

const SMALLEST: Size = { columns: 24, rows: 6 };
/** Below this there is one pane at a time. */
const TWO_PANES = 60;
const WIDE = 80;
const NARROW_LIST = 30;
const [SHORTEST_LIST, LONGEST_LIST] = [39, 72];
const LIST_SHARE = 0.36;
/** Of the item's lines on either side. */
export const MARGIN = 1;

/** @param notices lines of notices above the panes */
export function historyLayout(
  { columns, rows }: Size,
  { pane }: HistoryView,
  notices: number,
): HistoryLayout {
  const parts = {
    tiny: columns < SMALLEST.columns || rows < SMALLEST.rows,
    rules: rows >= 12,
    status: rows >= 9,
  };
  const itemHead = headOf(rows);
  const others = 2 + (parts.rules ? 2 : 0) + (parts.status ? 1 : 0) + notices;
  const bodyRows = Math.max(1, rows - others);
  const sizes = { ...parts, itemHead, rows: bodyRows, itemRows: Math.max(1, bodyRows - itemHead.length) };
  if (columns < TWO_PANES) {
    return { ...sizes, list: pane === "list" ? columns : 0, item: pane === "item" ? columns : 0 };
  }
  const share = Math.min(Math.max(Math.floor(columns * LIST_SHARE), SHORTEST_LIST), LONGEST_LIST);
  const list = columns < WIDE ? NARROW_LIST : share;
  return { ...sizes, list, item: columns - list - 1 };
}

function headOf(rows: number): ItemHeadLine[] {
  if (rows < 10) return ["tabs"];
  if (rows < 16) return ["moment", "tabs"];
  return ["moment", ...(rows >= 30 ? (["recorded"] as const) : []), "tabs", "caption", "blank"];
}
