import type { Definition } from "clipanion";
import { closest, distance } from "fastest-levenshtein";
import { DdbrError } from "../../core/errors.ts";

/** What Clipanion threw because of the words on the command line. */
export interface SyntaxProblem extends Error {
  clipanion: { type: "none" | "usage" };
  /** The commands it might have been, and why each was not; absent when a command refused a value itself. */
  candidates?: { usage: string | null; reason: string | null }[];
}

export function isSyntaxProblem(error: unknown): error is SyntaxProblem {
  return error instanceof Error && "clipanion" in error;
}

/**
 * Clipanion's errors are pages long and say nothing of near misses: this says in one line
 * which word of `argv` is wrong and what to do instead. `commands` are the documented ones.
 */
export function explainSyntaxProblem(
  problem: SyntaxProblem,
  argv: readonly string[],
  commands: readonly Definition[],
): DdbrError {
  const names = commands.map(nameOf);
  const name = nameIn(argv, names);
  if (name === undefined) return unknownCommand(argv, names);
  const command = commands[names.indexOf(name)]!;
  const reason = problem.candidates?.find((candidate) => candidate.reason)?.reason ?? problem.message;
  const { message, advice } = explainReason(reason, name, command);
  return usageError(message, `${advice}see \`ddbr ${name} --help\``);
}

const isWord = (word: string) => !word.startsWith("-");

/** A command's name may be of several words. */
function nameIn(argv: readonly string[], names: string[]): string | undefined {
  const words = argv.filter(isWord).join(" ");
  return names.find((name) => `${words} `.startsWith(`${name} `));
}

function unknownCommand(argv: readonly string[], names: string[]): DdbrError {
  const word = argv.find(isWord);
  const group = names.filter((name) => name.startsWith(`${word} `));
  if (group.length > 0) {
    const words = argv.filter(isWord).slice(0, 2).join(" ");
    return usageError(`${quoted(words)} is no command`, `there are ${group.join(", ")}; see \`ddbr --help\``);
  }
  if (word !== undefined) {
    return usageError(`unknown command ${quoted(word)}`, `${didYouMean(word, names)}see \`ddbr --help\``);
  }
  const option = argv[0] ?? "";
  return usageError(
    `unknown option ${option}`,
    `${didYouMean(option, ["--help", "--version"])}see \`ddbr --help\``,
  );
}

interface Explanation {
  message: string;
  /** Empty, or ends with a separator so that more can follow. */
  advice: string;
}

function explainReason(reason: string, name: string, command: Definition): Explanation {
  const word = /\("([\s\S]*)"\)\.$/.exec(reason)?.[1] ?? "";
  if (/^(Unsupported|Invalid) option name/.test(reason)) return explainOption(word, name, command);
  const option = /^Not enough arguments to option (.+)\.$/.exec(reason)?.[1];
  if (option) {
    return { message: `option ${option} of ${name} needs a value`, advice: `write ${option}=value; ` };
  }
  if (reason.startsWith("Not enough positional")) {
    return { message: `${name} needs more arguments`, advice: `usage: ${command.usage.trim()}; ` };
  }
  if (reason.startsWith("Extraneous positional")) {
    return {
      message: `unexpected argument ${quoted(word)} for ${name}`,
      advice: `usage: ${command.usage.trim()}; `,
    };
  }
  return {
    message: `${name}: ${reason
      .split(/\s*\n\s*/)
      .filter(Boolean)
      .slice(0, 2)
      .join(" ")}`,
    advice: "",
  };
}

function explainOption(word: string, name: string, command: Definition): Explanation {
  const option = word.split("=", 1)[0]!;
  const known = command.options.flatMap(({ definition }) => definition.split(" ", 1)[0]!.split(","));
  const definition = command.options.find((one) =>
    one.definition.split(" ", 1)[0]!.split(",").includes(option),
  );
  if (definition?.definition.includes(" ")) {
    // It was not the option that kept the words from being understood.
    return { message: `${name} needs more arguments`, advice: `usage: ${command.usage.trim()}; ` };
  }
  if (known.includes(option)) return { message: `option ${option} of ${name} takes no value`, advice: "" };
  return { message: `unknown option ${option} for ${name}`, advice: didYouMean(option, known) };
}

/** A short option is never guessed at: `-y` lies one letter from any other. */
function didYouMean(word: string, known: string[]): string {
  const guesses = known.filter((name) => name.length > 2);
  const guess = guesses.find((name) => word.length > 3 && name.startsWith(word)) ?? nearest(word, guesses);
  return guess ? `did you mean ${guess}? ` : "";
}

function nearest(word: string, known: string[]): string | undefined {
  if (known.length === 0) return undefined;
  const name = closest(word, known);
  return distance(word, name) <= Math.max(2, name.length / 3) ? name : undefined;
}

function nameOf({ path }: Definition): string {
  return path.split(" ").slice(1).join(" ");
}

/** In JSON's spelling, so that control characters in what was typed do not reach the terminal. */
function quoted(word: string): string {
  return JSON.stringify(word);
}

function usageError(message: string, hint: string): DdbrError {
  return new DdbrError("usage", message, { hint });
}
