import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CliOptions, type CliResult, runDdbr } from "../helpers/cli.ts";
import { createTable, type Item, type TestTable } from "../helpers/table.ts";

export const record = (id: string, v: number): Item => ({ id: { S: id }, v: { N: String(v) } });

export const byId = (items: Item[]) =>
  Object.fromEntries(items.map((item) => [item.id!.S!, item.v?.N]).toSorted());

/** What the backup holds: `a` as in the table, `b` otherwise, `c` which the table has not got. */
export const BACKUP = [record("a", 1), record("b", 2), record("c", 3)];
/** What the table holds before: `x` is only there. */
export const BEFORE = { a: "1", b: "20", x: "9" };
export const MERGED = { a: "1", b: "2", c: "3", x: "9" };

/** A table beside a folder with a backup of it, `./backup.ndjson`; commands run in that folder. */
export interface Restorable {
  table: TestTable;
  folder: string;
  ddbr(args: string[], options?: CliOptions): Promise<CliResult>;
  restore(args: string[], options?: CliOptions): Promise<CliResult>;
  /** Values of `v` by id. */
  values(): Promise<Record<string, string | undefined>>;
  /** Undo files that were written. */
  undoFiles(): string[];
  drop(): Promise<void>;
}

export async function newRestorable(): Promise<Restorable> {
  const table = await createTable();
  const folder = mkdtempSync(join(tmpdir(), "ddbr-restore-"));
  await table.load(Object.entries(BEFORE).map(([id, v]) => record(id, Number(v))));
  writeFileSync(join(folder, "backup.ndjson"), BACKUP.map((item) => `${JSON.stringify(item)}\n`).join(""));
  const ddbr = (args: string[], options: CliOptions = {}) => runDdbr(args, { cwd: folder, ...options });
  return {
    table,
    folder,
    ddbr,
    restore: (args, options) => ddbr(["restore-table", "./backup.ndjson", table.location, ...args], options),
    values: async () => byId(await table.items()),
    undoFiles: () => readdirSync(folder).filter((name) => /^ddbr-.*\.ndjson$/.test(name)),
    async drop() {
      rmSync(folder, { recursive: true });
      await table.drop();
    },
  };
}

/** Without the times and names in front of them. */
export const textsOf = ({ stdout }: CliResult) =>
  stdout
    .split("\n")
    .slice(0, -1)
    .map((line) => line.replace(/^(\[[^\]]*\] ){4}/, ""));
