import type { Environment } from "./environment.ts";
import { chooseGlyphs, type Glyphs } from "./glyphs.ts";
import { chooseTones, type Tones } from "./tones.ts";

export interface Size {
  columns: number;
  rows: number;
}

/** What lines are drawn on: the room there is and the characters to use. */
export interface Canvas extends Size {
  glyphs: Glyphs;
  tones: Tones;
}

export function canvasOf(size: Size, env: Environment): Canvas {
  return { ...size, glyphs: chooseGlyphs(env), tones: chooseTones(env) };
}
