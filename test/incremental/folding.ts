import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { type CliOptions, type CliResult, runDdbr } from "../helpers/cli.ts";
import type { TestPlace } from "../helpers/stores.ts";
import type { Item, TestTable } from "../helpers/table.ts";

export const MINUTES = 60_000;

/** How a run is set up: what the place needs, and whatever a test adds. */
export interface RunSettings extends CliOptions {
  /** Instead of the place's own server, such as a proxy before it. */
  endpoint?: string;
  options?: string[];
}

/** `ddbr incremental-backfill` of the table into the place, where its folder is called as the table is. */
export function backfill(
  table: Pick<TestTable, "location">,
  place: TestPlace,
  settings: RunSettings = {},
): Promise<CliResult> {
  return run(["incremental-backfill", table.location, place.url], place, settings);
}

/** `ddbr incremental-snapshot` from a folder of the place to a file of it. */
export function snapshot(
  place: TestPlace,
  folder: string,
  file: string,
  settings: RunSettings = {},
): Promise<CliResult> {
  return run(["incremental-snapshot", `${place.url}/${folder}`, `${place.url}/${file}`], place, settings);
}

function run(words: string[], place: TestPlace, settings: RunSettings): Promise<CliResult> {
  const { endpoint, options = [], env, ...rest } = settings;
  return runDdbr([...words, ...place.options(endpoint), ...options], {
    timeoutMs: 20 * MINUTES,
    ...rest,
    env: { ...place.env, ...env },
  });
}

/** The lines of a snapshot as they stand in it, sorted; fails unless it is a whole gzip file of ended lines. */
export async function snapshotLines(place: TestPlace, file: string): Promise<string[]> {
  const stored = await place.get(file);
  if (stored === undefined) throw new Error(`there is no ${file}`);
  const text = gunzipSync(stored).toString();
  if (text === "") return [];
  if (!text.endsWith("\n")) throw new Error("the last line has no end");
  return text.slice(0, -1).split("\n").sort();
}

/** An item as the SDK has it, in wire form: the SDK's bytes are base64 there. */
export function wireForm(item: Item): unknown {
  return JSON.parse(
    JSON.stringify(item, (_name, value) =>
      value?.type === "Buffer"
        ? Buffer.from(value.data).toString("base64")
        : value instanceof Uint8Array
          ? Buffer.from(value).toString("base64")
          : value,
    ),
  );
}

/** Items told apart by their text, whatever the order of attributes and of set members. */
export function comparable(item: unknown): string {
  return JSON.stringify(sorted(item));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([name, member]): [string, unknown] => {
    const isSet = /^[SNB]S$/.test(name) && Array.isArray(member);
    return [name, isSet ? [...member].sort() : sorted(member)];
  });
  return Object.fromEntries(entries.sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** The layout's name of a record whose key is one string attribute, `id`. */
export function idName(id: string): string {
  return createHash("sha256")
    .update(`{"id":{"S":${JSON.stringify(id)}}}`)
    .digest("hex");
}

/** The text of a file of this machine. */
export const textOf = (path: string) => readFileSync(path, "utf8");

/** The events that `--json` has printed. */
export function eventsOf({
  stdout,
}: Pick<CliResult, "stdout">): { event: string; [member: string]: unknown }[] {
  return stdout
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line));
}
