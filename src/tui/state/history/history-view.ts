export const TABS = ["change", "whole", "table"] as const;
/** What of the selected version is shown: its difference from another version, all of it, its difference from the table. */
export type Tab = (typeof TABS)[number];

/** What the user looks at. Versions are told by their index in the listing, so that none jumps away when the order becomes known. */
export interface HistoryView {
  selected: number;
  /** Position of the first version of the list on the screen. */
  top: number;
  /** Which pane the keys move in; where there is room for one only, the one shown. */
  pane: "list" | "item";
  tab: Tab;
  /** First line of the item on the screen. */
  itemTop: number;
  /** Compared with, instead of the version before. */
  marked: number | undefined;
  help: boolean;
}

export const INITIAL_VIEW: HistoryView = {
  selected: 0,
  top: 0,
  pane: "list",
  tab: "change",
  itemTop: 0,
  marked: undefined,
  help: false,
};

export type HistoryAction =
  | { type: "move" | "page" | "scroll" | "scroll-page" | "tab"; by: number }
  | { type: "first" | "last" | "mark" | "open" | "back" | "help" | "next-change" };

/** What the reducer has to know of the list, the item and the screen. */
export interface HistoryContext {
  count: number;
  tabs: readonly Tab[];
  positionOf(version: number): number;
  versionAt(position: number): number | undefined;
  /** Rows of the list on the screen. */
  listRows: number;
  /** Lines of the item, in all and on the screen. */
  itemLines: number;
  itemRows: number;
  /** Line of the next change behind a line. */
  changeAfter(line: number): number | undefined;
}

export function reduceHistoryView(
  view: HistoryView,
  action: HistoryAction,
  context: HistoryContext,
): HistoryView {
  switch (action.type) {
    case "move":
      return view.pane === "item" ? scroll(view, action.by, context) : moveBy(view, action.by, context);
    case "page":
      return view.pane === "item"
        ? scrollPage(view, action.by, context)
        : moveBy(view, action.by * Math.max(1, context.listRows - 2), context);
    case "first":
      return moveFar(view, Number.NEGATIVE_INFINITY, context);
    case "last":
      return moveFar(view, Number.POSITIVE_INFINITY, context);
    case "scroll":
      return scroll(view, action.by, context);
    case "scroll-page":
      return scrollPage(view, action.by, context);
    case "tab":
      return { ...view, tab: otherTab(view.tab, action.by, context.tabs), itemTop: 0 };
    case "mark":
      return { ...view, marked: view.marked === view.selected ? undefined : view.selected, itemTop: 0 };
    case "open":
      return { ...view, pane: "item" };
    case "back":
      return view.help ? { ...view, help: false } : { ...view, pane: "list" };
    case "help":
      return { ...view, help: true };
    case "next-change":
      return { ...view, itemTop: clampTop(context.changeAfter(view.itemTop) ?? 0, context) };
  }
}

export function clampTop(
  top: number,
  { itemLines, itemRows }: Pick<HistoryContext, "itemLines" | "itemRows">,
) {
  return Math.min(Math.max(top, 0), Math.max(0, itemLines - itemRows));
}

function moveFar(view: HistoryView, by: number, context: HistoryContext): HistoryView {
  return view.pane === "item" ? scroll(view, by, context) : moveBy(view, by, context);
}

function moveBy(view: HistoryView, by: number, context: HistoryContext): HistoryView {
  const last = Math.max(0, context.count - 1);
  const position = Math.min(Math.max(context.positionOf(view.selected) + by, 0), last);
  return selectVersion(view, context.versionAt(position) ?? view.selected);
}

export function selectVersion(view: HistoryView, version: number): HistoryView {
  return version === view.selected ? view : { ...view, selected: version, itemTop: 0 };
}

function scroll(view: HistoryView, by: number, context: HistoryContext): HistoryView {
  return { ...view, itemTop: clampTop(view.itemTop + by, context) };
}

function scrollPage(view: HistoryView, by: number, context: HistoryContext): HistoryView {
  return scroll(view, by * Math.max(1, context.itemRows - 1), context);
}

function otherTab(tab: Tab, by: number, tabs: readonly Tab[]): Tab {
  return tabs[(tabs.indexOf(tab) + by + tabs.length) % tabs.length]!;
}
