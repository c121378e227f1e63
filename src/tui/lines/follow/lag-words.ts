import { clock } from "../../format/duration.ts";

const MINUTE = 60_000;

/** `up to date`, `3 s behind`, `1:02:14 behind`; `nothing done yet` while nothing is known. */
export function lagWords(lagMs: number | undefined): string {
  if (lagMs === undefined) return "nothing done yet";
  return lagMs === 0 ? "up to date" : `${shortLag(lagMs)} behind`;
}

/** `3 s`, `02:14`. */
export function shortLag(lagMs: number): string {
  return lagMs < MINUTE ? `${Math.ceil(lagMs / 1000)} s` : clock(lagMs);
}
