import { type Line, span } from "../format/spans.ts";

export type KeyHelp = readonly [keys: string, does: string];

/** What each key does, one line each. */
export function keyTable(keys: readonly KeyHelp[]): Line[] {
  const width = Math.max(...keys.map(([name]) => name.length)) + 3;
  return [
    [span(" Keys", "strong")],
    ...keys.map(([name, does]): Line => [span(` ${name.padEnd(width)}`, "accent"), span(does)]),
  ];
}
