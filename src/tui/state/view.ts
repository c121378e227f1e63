import { FILTERS, type Filter } from "./spool/row-flags.ts";

/** What the user looks at. */
export interface View {
  screen: "list" | "detail" | "confirm";
  /** The help lies over the screen. */
  help: boolean;
  filter: Filter;
  /** Selected row, as a position among those that the filter shows. */
  position: number;
  /** Position of the first row on the screen. */
  top: number;
  /** First line of the opened record on the screen. */
  detailTop: number;
}

export const INITIAL_VIEW: View = {
  screen: "list",
  help: false,
  filter: "all",
  position: 0,
  top: 0,
  detailTop: 0,
};

export type ViewAction =
  | { type: "move"; by: number }
  | { type: "page"; by: number }
  | { type: "first" }
  | { type: "last" }
  | { type: "filter" }
  | { type: "open" }
  | { type: "back" }
  | { type: "sibling"; by: number }
  | { type: "next-change" }
  | { type: "help" }
  | { type: "confirm" };

/** What the reducer has to know of the list, the opened record and the screen. */
export interface ViewContext {
  count(filter: Filter): number;
  rowAt(filter: Filter, position: number): number | undefined;
  positionOf(filter: Filter, row: number): number;
  /** Rows of the list on the screen. */
  listRows: number;
  /** Lines of the opened record, in all and on the screen. */
  detailLines: number;
  detailRows: number;
  /** Line of the next change behind a line. */
  changeAfter(line: number): number | undefined;
}

export function reduceView(view: View, action: ViewAction, context: ViewContext): View {
  switch (action.type) {
    case "move":
      return moveBy(view, action.by, context);
    case "page": {
      const rows = view.screen === "detail" ? context.detailRows : context.listRows;
      return moveBy(view, action.by * Math.max(1, rows - 1), context);
    }
    case "first":
      return moveBy(view, Number.NEGATIVE_INFINITY, context);
    case "last":
      return moveBy(view, Number.POSITIVE_INFINITY, context);
    case "filter":
      return nextFilter(view, context);
    case "open":
      return context.count(view.filter) === 0 ? view : { ...view, screen: "detail", detailTop: 0 };
    case "back":
      return view.help ? { ...view, help: false } : { ...view, screen: "list" };
    case "sibling":
      return { ...select(view, view.position + action.by, context), detailTop: 0 };
    case "next-change":
      return { ...view, detailTop: clampDetail(context.changeAfter(view.detailTop) ?? 0, context) };
    case "help":
      return { ...view, help: true };
    case "confirm":
      return { ...view, screen: "confirm" };
  }
}

/** Where the list is drawn from: as before, moved as little as it takes to have the selected row on the screen. */
export function listTop({ top, position }: View, count: number, rows: number): number {
  const highest = Math.max(0, count - rows);
  return clamp(clamp(top, position - rows + 1, position), 0, highest);
}

export function clampDetail(
  top: number,
  { detailLines, detailRows }: Pick<ViewContext, "detailLines" | "detailRows">,
) {
  return clamp(top, 0, Math.max(0, detailLines - detailRows));
}

function moveBy(view: View, by: number, context: ViewContext): View {
  if (view.screen === "detail") return { ...view, detailTop: clampDetail(view.detailTop + by, context) };
  return view.screen === "list" ? select(view, view.position + by, context) : view;
}

function select(view: View, wanted: number, context: ViewContext): View {
  const count = context.count(view.filter);
  const position = clamp(wanted, 0, Math.max(0, count - 1));
  return { ...view, position, top: listTop({ ...view, position }, count, context.listRows) };
}

/** The selected record stays selected; where the next filter hides it, the one that followed it. */
function nextFilter(view: View, context: ViewContext): View {
  const filter = FILTERS[(FILTERS.indexOf(view.filter) + 1) % FILTERS.length]!;
  const row = context.rowAt(view.filter, view.position);
  return select({ ...view, filter }, row === undefined ? 0 : context.positionOf(filter, row), context);
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), Math.max(low, high));
}
