import { expect } from "bun:test";
import { type Account, eventsOf } from "./account.ts";

/** Runs the program with `--json`; what it told, in order. */
export async function eventsOfRun(account: Account, words: string[], expected = 0) {
  const { code, stdout, stderr } = await account.ddbr([...words, "--json"]);
  expect({ code, stderr }).toEqual({ code: expected, stderr: "" });
  const events = eventsOf(stdout);
  return { events, names: events.map(({ event }) => event), last: events.at(-1)! };
}

/** The one line that is said of a refusal. */
export async function refusalOf(account: Account, words: string[]): Promise<string> {
  const { code, stdout, stderr } = await account.ddbr(words);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toMatch(/^ddbr: [^\n]+\n$/);
  return stderr;
}
