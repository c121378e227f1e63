import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { WireItem, WireKey } from "../../../src/core/item/attribute-value.ts";
import { parseTableLocation } from "../../../src/core/location.ts";
import { PauseGate } from "../../../src/core/pause-gate.ts";
import { carryOut } from "../../../src/core/restore/carry-out.ts";
import type { Change, ChangeKind } from "../../../src/core/restore/change.ts";
import { openChangesFile } from "../../../src/core/restore/changes-file.ts";
import type { ChangesHeader } from "../../../src/core/restore/changes-notes.ts";
import { createChangesFile } from "../../../src/core/restore/changes-writer.ts";
import { planUndo } from "../../../src/core/restore/plan-undo.ts";
import type { RestoreEvent, RestorePlan } from "../../../src/core/restore/restore-events.ts";
import type { RestoreRun } from "../../../src/core/restore/restore-run.ts";
import { openTable } from "../../../src/core/table/table.ts";
import { DEFAULT_PATIENCE_MS } from "../../../src/core/table/table-requests.ts";
import type { Item, TestTable } from "../../helpers/table.ts";

/** A folder of its own, and how to take it away. */
export function newFolder(): { path: (name: string) => string; drop: () => void } {
  const folder = mkdtempSync(join(tmpdir(), "ddbr-restore-"));
  return { path: (name) => join(folder, name), drop: () => rmSync(folder, { recursive: true }) };
}

/** The item of the standard SDK as it travels. */
export function wire(item: Item): WireItem {
  const text = JSON.stringify(item, (_, value) =>
    value instanceof Uint8Array ? Buffer.from(value).toString("base64") : value,
  );
  return JSON.parse(text) as WireItem;
}

/** Items by their `id`, as they travel. */
export function byId(items: Iterable<Item>): Map<string, WireItem> {
  const pairs = [...items].map((item): [string, WireItem] => [item.id!.S!, wire(item)]);
  return new Map(pairs.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** What makes one state of a table another. */
export function changesBetween(before: Map<string, WireItem>, after: Map<string, WireItem>): Change[] {
  return [...new Set([...before.keys(), ...after.keys()])]
    .map((id) => ({ key: { id: { S: id } }, before: before.get(id), after: after.get(id) }))
    .filter((change) => !Bun.deepEquals(change.before, change.after));
}

export const NO_PLAN: RestorePlan = {
  changes: {
    create: { items: 0, bytes: 0, writeUnits: 0 },
    replace: { items: 0, bytes: 0, writeUnits: 0 },
    delete: { items: 0, bytes: 0, writeUnits: 0 },
  },
  equal: 0,
  left: { extraneous: 0, present: 0, "changed-since": 0, "not-in-backup": 0 },
};

export function header(table: string, created = false): ChangesHeader {
  return {
    jobId: "0a1b2c3d",
    job: "restore-table",
    table,
    arn: `arn:aws:dynamodb:us-east-1:000000000000:table/${table}`,
    createdAt: "2026-11-23T10:00:00.000Z",
    source: "s3://backups/job",
    mode: "merge",
    selection: { partition: { S: "a" } },
    created,
    startedAt: "2026-11-23T14:00:00.000Z",
  };
}

/** Writes a whole plan down. */
export function writePlan(path: string, table: TestTable, changes: Iterable<Change>, created = false): void {
  const writer = createChangesFile(path, header(table.name, created));
  for (const change of changes) writer.add(change);
  writer.complete(NO_PLAN);
  writer.close();
}

export type Counts = Record<ChangeKind, number>;

export interface Outcome {
  events: RestoreEvent[];
  written: Counts;
  resumed: Counts | undefined;
  /** Ids. */
  raced: string[];
  undone: string[];
  left: string[];
  failure: unknown;
}

export interface RunSettings {
  signal?: AbortSignal;
  gate?: PauseGate;
  patienceMs?: number;
  report?: (event: RestoreEvent) => void;
}

/** Carries a file out, as far as that goes, and keeps what it tells. */
export function carriedOut(path: string, location: string, settings: RunSettings = {}): Promise<Outcome> {
  return watched(path, location, settings, (file, table, run) =>
    // A run that goes on has not made the table.
    carryOut(file, table, run, file.header?.created === true && file.progress === undefined),
  );
}

/** Plans how to go back by the file, and writes that plan down in another. */
export async function undoPlanned(
  path: string,
  location: string,
  undoPath: string,
): Promise<Outcome & { plan: RestorePlan }> {
  let plan = NO_PLAN;
  const outcome = await watched(path, location, {}, async (file, table, run) => {
    const writer = createChangesFile(undoPath, { ...header(location), job: "undo" });
    plan = await planUndo(file, table, run, writer);
    writer.complete(plan);
    writer.close();
  });
  return { ...outcome, plan };
}

async function watched(
  path: string,
  location: string,
  {
    signal = new AbortController().signal,
    gate = new PauseGate(),
    patienceMs = DEFAULT_PATIENCE_MS,
    report,
  }: RunSettings,
  work: (
    file: ReturnType<typeof openChangesFile>,
    table: Awaited<ReturnType<typeof openTable>>,
    run: RestoreRun,
  ) => Promise<void>,
): Promise<Outcome> {
  const events: RestoreEvent[] = [];
  const table = await openTable(parseTableLocation(location), { patienceMs });
  const file = openChangesFile(path);
  let failure: unknown;
  const told = (event: RestoreEvent) => {
    events.push(event);
    report?.(event);
  };
  await work(file, table, { signal, gate, patienceMs, report: told }).catch((error) => {
    failure = error;
  });
  file.close();
  table.close();
  return { ...summed(events), events, failure };
}

function summed(events: readonly RestoreEvent[]): Omit<Outcome, "events" | "failure"> {
  const written: Counts = { create: 0, replace: 0, delete: 0 };
  let resumed: Counts | undefined;
  const [raced, undone, left]: string[][] = [[], [], []];
  for (const event of events) {
    if (event.type === "written") written[event.kind] += event.items;
    if (event.type === "resumed") resumed = event.done;
    if (event.type === "raced") raced!.push(idOf(event.key));
    if (event.type === "undone") undone!.push(idOf(event.undone.key!));
    if (event.type === "left") left!.push(idOf(event.key));
  }
  return { written, resumed, raced: raced!.sort(), undone: undone!.sort(), left: left!.sort() };
}

function idOf(key: WireKey): string {
  return (key.id as { S: string }).S;
}

/** All that was done over all runs, as the last one tells it. */
export function total({ written, resumed }: Pick<Outcome, "written" | "resumed">): Counts {
  const before = resumed ?? { create: 0, replace: 0, delete: 0 };
  return {
    create: written.create + before.create,
    replace: written.replace + before.replace,
    delete: written.delete + before.delete,
  };
}

export function countsOf(changes: readonly Change[]): Counts {
  const counts: Counts = { create: 0, replace: 0, delete: 0 };
  for (const { before, after } of changes) counts[!after ? "delete" : before ? "replace" : "create"]++;
  return counts;
}

/** What was noted last, as it stands in the file. */
export function noted(
  path: string,
): { offset: number; done: Counts; raced: number; undone: number } | undefined {
  const lines = readFileSync(path, "utf8").split("\n").slice(0, -1);
  const notes = lines.filter((line) => line.startsWith('{"progress"'));
  return notes.length > 0 ? JSON.parse(notes.at(-1)!).progress : undefined;
}
