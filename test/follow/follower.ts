import { join } from "node:path";
import { type CliResult, DDBR, runDdbr } from "../helpers/cli.ts";
import type { AddedVariables } from "../helpers/program-environment.ts";
import { programEnvironment } from "../helpers/program-environment.ts";

export interface FollowerOptions {
  primary: string;
  target: string;
  checkpoint: string;
  options?: string[];
  env?: AddedVariables;
}

export function followWords({ primary, target, checkpoint, options = [] }: FollowerOptions): string[] {
  return ["follow", primary, target, "--checkpoint", checkpoint, ...options];
}

/** Follows until all there is is done. */
export function followToTheEnd(follower: FollowerOptions): Promise<CliResult> {
  return runDdbr([...followWords(follower), "--until-caught-up"], { env: follower.env ?? {} });
}

export interface RunningFollower {
  /** What it has told so far, a JSON event a line. */
  events(): Record<string, unknown>[];
  /** Resolves when it has told of such an event. */
  told(event: string): Promise<void>;
  kill(signal: NodeJS.Signals): void;
  exited: Promise<number>;
  stderr: Promise<string>;
}

/** Starts one that runs until it is stopped, with `--json`. */
export function startFollower(follower: FollowerOptions): RunningFollower {
  const child = Bun.spawn([DDBR, ...followWords(follower), "--json"], {
    env: programEnvironment(follower.env ?? {}),
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  let output = "";
  const reading = (async () => {
    for await (const piece of child.stdout.pipeThrough(new TextDecoderStream())) output += piece;
  })();
  const lines = () =>
    output
      .slice(0, output.lastIndexOf("\n") + 1)
      .split("\n")
      .filter(Boolean);
  return {
    events: () => lines().map((line) => JSON.parse(line)),
    async told(event) {
      while (!output.includes(`{"event":"${event}"`)) {
        if (child.exitCode !== null) throw new Error(`ended with ${child.exitCode}: ${output}`);
        await Bun.sleep(10);
      }
    },
    kill: (signal) => child.kill(signal),
    exited: Promise.all([child.exited, reading]).then(([code]) => code),
    stderr: child.stderr.text(),
  };
}

/** A checkpoint's file in a folder. */
export function checkpointIn(folder: string, name = "run"): string {
  return join(folder, `${name}.follow.json`);
}
