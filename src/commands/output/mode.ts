import { DdbrError } from "../../core/errors.ts";

/**
 * How a run is shown: `dashboard` on a terminal, `plain` lines off it, `json` one event a line.
 * `quiet` are plain lines without progress.
 */
export type OutputMode = "dashboard" | "plain" | "quiet" | "json";

export interface Terminal {
  stdin: { isTTY?: boolean };
  stdout: { isTTY?: boolean };
}

/** Somebody sits there: what is shown is seen, and what is asked is answered. */
function isInteractive({ stdin, stdout }: Terminal): boolean {
  return stdin.isTTY === true && stdout.isTTY === true;
}

export function outputMode(
  flags: { plain: boolean; json: boolean; quiet: boolean },
  terminal: Terminal,
): OutputMode {
  if (flags.json && (flags.plain || flags.quiet)) {
    throw new DdbrError("usage", `--json contradicts ${flags.plain ? "--plain" : "--quiet"}`, {
      hint: "give one of them",
    });
  }
  if (flags.json) return "json";
  if (flags.quiet) return "quiet";
  const canDraw = isInteractive(terminal) && process.env.TERM !== "dumb";
  return flags.plain || !canDraw ? "plain" : "dashboard";
}
