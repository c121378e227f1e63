import type { Build } from "bun";

/** What `--target` may name, and the Bun runtime that goes into that binary. */
const RUNTIMES = {
  "linux-x64": "bun-linux-x64",
  "linux-arm64": "bun-linux-arm64",
  "linux-x64-musl": "bun-linux-x64-musl",
  "linux-arm64-musl": "bun-linux-arm64-musl",
  "darwin-x64": "bun-darwin-x64",
  "darwin-arm64": "bun-darwin-arm64",
  "windows-x64": "bun-windows-x64",
} as const satisfies Record<string, Build.CompileTarget>;

export type Target = keyof typeof RUNTIMES;

export const TARGETS = Object.keys(RUNTIMES) as Target[];

/** The targets that the words after `--target` name, each once; `all` names every one. Throws when a word names none. */
export function parseTargets(words: readonly string[]): Target[] {
  return [...new Set(words.flatMap((word) => (word === "all" ? TARGETS : [parseTarget(word)])))];
}

function parseTarget(word: string): Target {
  const target = TARGETS.find((name) => name === word);
  if (!target) throw new Error(`unknown target "${word}"`);
  return target;
}

export function runtimeOf(target: Target): Build.CompileTarget {
  return RUNTIMES[target];
}

/** Where the binary for a target goes, relative to the root of the repository. */
export function outfileOf(target: Target): string {
  return `dist/ddbr-${target}${target.startsWith("windows-") ? ".exe" : ""}`;
}
