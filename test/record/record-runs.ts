import { createHash } from "node:crypto";
import { type CliOptions, type CliResult, runDdbr } from "../helpers/cli.ts";
import type { TestPlace } from "../helpers/stores.ts";
import type { Item, TestTable } from "../helpers/table.ts";

export const linesOf = (text: string) => text.split("\n").slice(0, -1);
export const eventsOf = ({ stdout }: CliResult) => linesOf(stdout).map((line) => JSON.parse(line));

export const record = (id: string, attributes: Item = {}): Item => ({ id: { S: id }, ...attributes });
export const keyText = (id: string) => JSON.stringify({ id });

export const byId = (items: Item[]) =>
  Object.fromEntries(items.map((item) => [item.id!.S!, item]).sort(([a], [b]) => (a! < b! ? -1 : 1)));

/** Runs a command on two tables, or on what stands before them. */
export const onTables = (
  command: string,
  primary: { location: string },
  replica: { location: string },
  args: string[],
  cli: CliOptions = {},
) => runDdbr([command, primary.location, replica.location, ...args], cli);

/** Runs a command on a table and its folder in a place. */
export const onFolder = (
  command: string,
  { location }: { location: string },
  place: TestPlace,
  args: string[],
  { endpoint, ...cli }: CliOptions & { endpoint?: string } = {},
) =>
  runDdbr([command, location, place.url, ...args, ...place.options(endpoint)], {
    ...cli,
    env: { ...place.env, ...cli.env },
  });

/** The object's key for a record of a table whose key is `id`. */
export function objectOf({ name }: TestTable, id: string, algorithm: "sha256" | "md5" = "sha256"): string {
  return `${name}/${createHash(algorithm)
    .update(JSON.stringify({ id: { S: id } }))
    .digest("hex")}`;
}
