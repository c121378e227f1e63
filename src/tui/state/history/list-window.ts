/** A row of the list: a day, or the version at a position. */
export type WindowRow = { day: number } | { position: number };

export interface ListWindow {
  /** Position of the first version shown. */
  top: number;
  rows: WindowRow[];
}

interface List {
  count: number;
  /** Moment of the version at a position, and the day it lies in. */
  moment(position: number): number;
  day(moment: number): string;
}

/**
 * The part of the list on the screen: versions under the days they lie in, the first always under its own. It begins at `top`,
 * moved as little as it takes to have `selected` in it. Only what is shown is looked at, so a list of any length takes the same time.
 */
export function listWindow(top: number, selected: number, height: number, list: List): ListWindow {
  const first = Math.max(Math.min(top, selected), lowestTop(selected, height, list));
  // At the end of the list no row stays empty while there is something to show above.
  const highest = lowestTop(list.count - 1, height, list);
  const start = Math.max(0, Math.min(first, highest));
  const rows: WindowRow[] = [];
  for (let position = start; position < list.count && rows.length < height; position++) {
    const headed = position > start ? !sameDay(position - 1, position, list) : height > 1;
    // A day without a version under it says nothing.
    if (headed && rows.length + 2 > height) break;
    if (headed) rows.push({ day: list.moment(position) });
    rows.push({ position });
  }
  return { top: start, rows };
}

/** The first position from which `last` is still on the screen. */
function lowestTop(last: number, height: number, list: List): number {
  // The first version's day takes a row of its own.
  let room = height - (height > 1 ? 2 : 1);
  let top = Math.max(0, last);
  while (top > 0) {
    room -= sameDay(top - 1, top, list) ? 1 : 2;
    if (room < 0) break;
    top--;
  }
  return top;
}

function sameDay(a: number, b: number, { moment, day }: List): boolean {
  return day(moment(a)) === day(moment(b));
}
