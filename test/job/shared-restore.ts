import { type CliResult, runDdbr } from "../helpers/cli.ts";
import type { TestPlace } from "../helpers/stores.ts";
import type { TestTable } from "../helpers/table.ts";

export interface SharedRestore {
  /** What is restored from, and whatever else is to be said. */
  source: TestPlace;
  url?: string;
  table: Pick<TestTable, "location">;
  state: TestPlace;
}

/** The words of one worker, without the program's name. */
export function workerWords({ source, url = source.url, table, state }: SharedRestore): string[] {
  const stores = source.kind === "s3" ? source : state;
  const words = ["restore-table", url, table.location, "--state", stateUrl(state), ...stores.options()];
  return [...words, "--checkpoint", "1", "--yes"];
}

/** For a worker that is killed: others wait for it no longer than they must. */
export const SHORT_LEASE = ["--lease", "2"];

export function environment({ source, state }: SharedRestore): Record<string, string> {
  return { ...source.env, ...state.env };
}

export function work(restore: SharedRestore, ...words: string[]): Promise<CliResult> {
  return runDdbr([...workerWords(restore), ...words], { env: environment(restore), timeoutMs: 120_000 });
}

export interface CollectedRestore {
  code: number;
  stdout: string;
  // Read as JSON; what is in it the tests say.
  summary: {
    outcome: string;
    failure?: string;
    undoFile?: string;
    created: boolean;
    plan: {
      changes: Record<"create" | "replace" | "delete", { items: number; writeUnits: number }>;
      equal: number;
      left: Record<string, number>;
    };
    totals: {
      source: { items: number };
      written: Record<"create" | "replace" | "delete", number>;
      raced: number;
      discrepancies: number;
      segmentsDone: number;
    };
  };
}

export async function collect(state: TestPlace, ...words: string[]): Promise<CollectedRestore> {
  const { code, stdout, stderr } = await runDdbr(
    ["collect", stateUrl(state), ...state.options(), "--json", ...words],
    { env: state.env },
  );
  const last = stdout.trimEnd().split("\n").at(-1) ?? "";
  if (last === "") throw new Error(`collect ended with ${code}: ${stderr}`);
  return { code, stdout, summary: JSON.parse(last) };
}

function stateUrl(state: TestPlace): string {
  return `${state.url}/state`;
}

/** The table was named through a proxy that is gone. */
export function undo(file: string, own: string, { location }: { location: string }) {
  return runDdbr(["undo", file, "--table", location, "--yes", "--plain", "--undo-file", own]);
}
