import type { View, ViewAction } from "./view.ts";

/** What a key asks for: a change of what is shown, or something of the run. */
export type KeyCommand = ViewAction | { type: "quit" | "pause" | "repair" | "interrupt" };

type Commands = Readonly<Record<string, KeyCommand>>;

const MOVES: Commands = {
  up: { type: "move", by: -1 },
  down: { type: "move", by: 1 },
  k: { type: "move", by: -1 },
  j: { type: "move", by: 1 },
  pageup: { type: "page", by: -1 },
  pagedown: { type: "page", by: 1 },
  b: { type: "page", by: -1 },
  " ": { type: "page", by: 1 },
  home: { type: "first" },
  end: { type: "last" },
  g: { type: "first" },
  G: { type: "last" },
  "?": { type: "help" },
  h: { type: "help" },
  p: { type: "pause" },
};

const LIST: Commands = {
  ...MOVES,
  f: { type: "filter" },
  enter: { type: "open" },
  r: { type: "confirm" },
  q: { type: "quit" },
};

const DETAIL: Commands = {
  ...MOVES,
  left: { type: "sibling", by: -1 },
  right: { type: "sibling", by: 1 },
  n: { type: "next-change" },
  enter: { type: "back" },
  escape: { type: "back" },
  q: { type: "back" },
};

const CONFIRM: Commands = { y: { type: "repair" }, Y: { type: "repair" } };

const BACK: KeyCommand = { type: "back" };

/** @param key a character, or the name of a key, see `keysOf` */
export function commandOf(key: string, { screen, help }: View): KeyCommand | undefined {
  if (key === "ctrl-c") return { type: "interrupt" };
  if (help) return BACK;
  if (screen === "confirm") return CONFIRM[key] ?? BACK;
  return (screen === "detail" ? DETAIL : LIST)[key];
}
