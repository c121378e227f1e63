import { spellOut } from "../format/spell-out.ts";
import type { Environment } from "./environment.ts";

/** Every character of the screen that isn't plain ASCII, so that a terminal without Unicode can have others. */
export interface Glyphs {
  ellipsis: string;
  arrow: string;
  pointer: string;
  separator: string;
  rule: string;
  /** Between panes, and where it meets a rule above and below. */
  divider: string;
  dividerTop: string;
  dividerBottom: string;
  /** Something the user has marked, something that was found. */
  mark: string;
  hit: string;
  /** From a value to the one that took its place. */
  becomes: string;
  barFull: string;
  barEmpty: string;
  /** From nothing to all. */
  levels: readonly string[];
  /** From nothing to all, in one column of a horizontal bar. */
  eighths: readonly string[];
  boxLeft: string;
  boxRight: string;
  done: string;
  failed: string;
  keys: { upDown: string; leftRight: string; enter: string };
  /** Text of a table as this terminal can show it. */
  show(text: string): string;
}

const UNICODE: Glyphs = {
  ellipsis: "…",
  arrow: "─►",
  pointer: "▸",
  separator: " · ",
  rule: "─",
  divider: "│",
  dividerTop: "┬",
  dividerBottom: "┴",
  mark: "◆",
  hit: "•",
  becomes: "→",
  barFull: "█",
  barEmpty: "░",
  levels: ["░", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"],
  eighths: [" ", "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"],
  boxLeft: "▕",
  boxRight: "▏",
  done: "✓",
  failed: "✗",
  keys: { upDown: "↑↓", leftRight: "←→", enter: "⏎" },
  show: (text) => text,
};

const ASCII: Glyphs = {
  ellipsis: ">",
  arrow: "->",
  pointer: ">",
  separator: " | ",
  rule: "-",
  divider: "|",
  dividerTop: "+",
  dividerBottom: "+",
  mark: "*",
  hit: "o",
  becomes: "->",
  barFull: "#",
  barEmpty: ".",
  levels: [".", "-", "=", "+", "#"],
  eighths: [" ", "-", "=", "#"],
  boxLeft: "[",
  boxRight: "]",
  done: "ok",
  failed: "!!",
  keys: { upDown: "up/down", leftRight: "left/right", enter: "enter" },
  show: (text) => text.replace(/[^\u0020-\u007e]/g, spellOut),
};

export function chooseGlyphs(env: Environment): Glyphs {
  return showsUnicode(env) ? UNICODE : ASCII;
}

function showsUnicode(env: Environment): boolean {
  const { TERM = "" } = env;
  if (TERM === "dumb" || TERM === "linux") return false;
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG;
  if (locale) return /utf-?8/i.test(locale);
  // Without a locale (a container, Windows) the terminal usually can; tmux and screen then show underscores.
  return !/^(screen|tmux)/.test(TERM) && !env.TMUX;
}
