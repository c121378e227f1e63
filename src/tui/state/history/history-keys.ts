import type { HistoryAction, HistoryView } from "./history-view.ts";
import type { Prompt } from "./prompt.ts";

/** What a key asks for besides a change of what is shown. */
export type HistoryRequest =
  | { type: "quit" | "escape" | "write" | "restore" | "reread" }
  | { type: "ask"; for: Prompt["kind"] }
  | { type: "copy"; form: "wire" | "human" }
  | { type: "hit"; by: 1 | -1 };

export type HistoryCommand = HistoryAction | HistoryRequest;

const COMMANDS: Readonly<Record<string, HistoryCommand>> = {
  up: { type: "move", by: -1 },
  down: { type: "move", by: 1 },
  k: { type: "move", by: -1 },
  j: { type: "move", by: 1 },
  pageup: { type: "page", by: -1 },
  pagedown: { type: "page", by: 1 },
  home: { type: "first" },
  end: { type: "last" },
  g: { type: "first" },
  G: { type: "last" },
  K: { type: "scroll", by: -1 },
  J: { type: "scroll", by: 1 },
  b: { type: "scroll-page", by: -1 },
  " ": { type: "scroll-page", by: 1 },
  c: { type: "next-change" },
  tab: { type: "tab", by: 1 },
  "shift-tab": { type: "tab", by: -1 },
  enter: { type: "open" },
  right: { type: "open" },
  left: { type: "back" },
  m: { type: "mark" },
  "?": { type: "help" },
  h: { type: "help" },
  d: { type: "ask", for: "moment" },
  "/": { type: "ask", for: "text" },
  n: { type: "hit", by: 1 },
  N: { type: "hit", by: -1 },
  w: { type: "write" },
  y: { type: "copy", form: "wire" },
  Y: { type: "copy", form: "human" },
  r: { type: "restore" },
  R: { type: "reread" },
  escape: { type: "escape" },
  q: { type: "quit" },
};

/** @param key a character, or the name of a key, see `keysOf` */
export function historyCommand(key: string, { help }: Pick<HistoryView, "help">): HistoryCommand | undefined {
  if (help) return { type: "back" };
  return Object.hasOwn(COMMANDS, key) ? COMMANDS[key] : undefined;
}
