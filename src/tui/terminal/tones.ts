import type { TextProps } from "ink";
import type { Environment } from "./environment.ts";

/** What a piece of text means; how that looks is decided here. */
export type Tone =
  | "strong"
  | "dim"
  | "accent"
  | "good"
  | "warn"
  | "bad"
  | "badge"
  | "selected"
  | "changed"
  | "missing"
  | "different"
  | "extraneous";

type Look = Pick<TextProps, "color" | "bold" | "dimColor" | "inverse">;
export type Tones = Readonly<Record<Tone, Look>>;

const COLOURS: Tones = {
  strong: { bold: true },
  dim: { dimColor: true },
  accent: { color: "cyan" },
  good: { color: "green" },
  warn: { color: "yellow" },
  bad: { color: "red", bold: true },
  badge: { color: "yellow", bold: true, inverse: true },
  selected: { inverse: true },
  changed: { color: "magenta", bold: true },
  missing: { color: "yellow" },
  different: { color: "magenta" },
  extraneous: { color: "cyan" },
};

/** NO_COLOR takes the colours, a dumb terminal knows no attributes either. */
export function chooseTones(env: Environment): Tones {
  const keep = (look: Look): Look => {
    if (env.TERM === "dumb") return {};
    if (!env.NO_COLOR) return look;
    const { color: _, ...colourless } = look;
    return colourless;
  };
  return Object.fromEntries(Object.entries(COLOURS).map(([tone, look]) => [tone, keep(look)])) as Tones;
}
