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
  tab: "tab",
  backspace: "backspace",
  delete: "backspace",
} as const satisfies Partial<Record<keyof Key, string>>;

/** Keys among characters that came in at once. */
const CONTROLS: Readonly<Record<string, string>> = {
  "\r": "enter",
  "\n": "enter",
  "\t": "tab",
  "\b": "backspace",
  "\x7f": "backspace",
};

/**
 * The keys pressed: `up`, `enter`, `ctrl-c`, or the character itself.
 * Characters that came in faster than they were read arrive as one text.
 */
export function keysOf(input: string, key: Key): string[] {
  if (key.tab && key.shift) return ["shift-tab"];
  for (const [property, name] of Object.entries(NAMED)) {
    if (key[property as keyof typeof NAMED]) return [name];
  }
  if (key.ctrl) return [`ctrl-${input}`];
  if (key.meta) return [];
  return [...input].map((character) => CONTROLS[character] ?? character);
}
