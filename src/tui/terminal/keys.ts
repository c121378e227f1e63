import type { Key } from "ink";

const NAMED = {
  upArrow: "up",
  downArrow: "down",
  leftArrow: "left",
  rightArrow: "right",
  pageUp: "pageup",
  pageDown: "pagedown",
  home: "home",
  end: "end",
  return: "enter",
  escape: "escape",
} as const satisfies Partial<Record<keyof Key, string>>;

/**
 * The keys pressed: `up`, `enter`, `ctrl-c`, or the character itself.
 * Characters that came in faster than they were read arrive as one text.
 */
export function keysOf(input: string, key: Key): string[] {
  for (const [property, name] of Object.entries(NAMED)) {
    if (key[property as keyof typeof NAMED]) return [name];
  }
  if (key.ctrl) return [`ctrl-${input}`];
  if (key.meta) return [];
  return [...input].map((character) => (character === "\r" || character === "\n" ? "enter" : character));
}
