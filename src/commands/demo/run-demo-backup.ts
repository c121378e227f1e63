import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { changeOrders } from "../../core/demo/change-orders.ts";
import { DEMO_PRIMARY } from "../../core/demo/demo-data.ts";
import { startEmbeddedDynamo } from "../../core/demo/embedded-server.ts";
import { DdbrError, EXIT } from "../../core/errors.ts";
import { escapeForTerminal } from "../../core/escape.ts";
import { parseTableLocation } from "../../core/location.ts";
import { openTable } from "../../core/table/table.ts";
import { untilStopped } from "../../core/until-stopped.ts";
import { parseBackupRequest } from "../backup/backup-request.ts";
import { runBackupTable } from "../backup/run-backup-table.ts";
import { parseIncrementalDiff } from "../incremental/incremental-diff-request.ts";
import { parseBackfillRequest, runBackfill } from "../incremental/run-backfill.ts";
import { runIncrementalDiff } from "../incremental/run-incremental-diff.ts";
import { parseSnapshotRequest, runSnapshot } from "../incremental/run-snapshot.ts";
import type { TableRequest } from "../options/table-request.ts";
import { formatCount } from "../output/figures.ts";
import type { OutputMode } from "../output/mode.ts";
import { stopSignals } from "../output/stop-signals.ts";
import { type DemoDirectory, temporaryDirectory } from "./temporary-directory.ts";

export interface DemoBackupOptions {
  mode: OutputMode;
  into: string | undefined;
}

const SEED = 20_261_123;
/** A file is written for each: enough to see something, few enough not to wait long. */
const ORDERS = 6_000;
const JOB = "demo";
/** Nothing is on its way between table and folder, so there is little to wait for. */
const SETTLE_SECONDS = "0.5";

/** Backs up, changes, compares, repairs, folds and dumps the demo's table; returns the exit code. */
export async function runDemoBackup({ mode, into }: DemoBackupOptions): Promise<number> {
  // Over all steps, and what lies between them: none of them may end the program with the folder left behind.
  using stop = stopSignals();
  using folder = into === undefined ? temporaryDirectory() : newDirectory(into);
  const server = await startEmbeddedDynamo();
  try {
    say(`filling a table with ${formatCount(ORDERS)} orders, in memory …`);
    await untilStopped(server.loadDemo({ seed: SEED, orders: ORDERS }), stop.signal);
    const code = await tour(`${server.endpoint}/${DEMO_PRIMARY}`, folder.path, mode, stop.signal);
    if (into !== undefined) say(`what was written is in ${escapeForTerminal(folder.path)}`);
    return code;
  } finally {
    await server.stop();
  }
}

/** One thing after the other, as long as each is well. */
async function tour(table: string, folder: string, mode: OutputMode, signal: AbortSignal): Promise<number> {
  const incremental = join(folder, "incremental");
  const snapshots = join(folder, "snapshots");
  const snapshot = (name: string, at?: string) =>
    runSnapshot(
      parseSnapshotRequest({
        source: join(incremental, DEMO_PRIMARY),
        dest: join(snapshots, name),
        at,
        manifest: true,
      }),
      mode,
    );
  const compare = (url: string, repair = false) => {
    const words = { ...wordsFor(table, url), repair, dryRun: false, settle: SETTLE_SECONDS };
    return runIncrementalDiff(asAnyone(parseIncrementalDiff(words)), mode, { yes: true });
  };
  let before = "";

  const steps: [saying: string, step: () => Promise<number>][] = [
    [
      "backing the table up, one object for each order (incremental-backfill)",
      () =>
        runBackfill(
          asAnyone(
            parseBackfillRequest({ ...wordsFor(table, incremental), onlyMissing: false, resume: false }),
          ),
          mode,
        ),
    ],
    [
      "then a morning passes in the shop, while nobody keeps the backup up to date",
      async () => {
        before = new Date().toISOString();
        return changeTable(table, signal);
      },
    ],
    [
      "comparing the backup with the table (incremental-diff)",
      () =>
        compareAndRepair(
          () => compare(incremental),
          () => compare(incremental, true),
        ),
    ],
    ["folding the backup into one file (incremental-snapshot)", () => snapshot(`${DEMO_PRIMARY}.gz`)],
    [
      "and once more, as it was before that morning (--at)",
      () => snapshot(`${DEMO_PRIMARY}-before.gz`, before),
    ],
    ["comparing the table with the snapshot", () => compare(join(snapshots, `${DEMO_PRIMARY}.gz`))],
    [
      "dumping the table (backup-table)",
      () =>
        runBackupTable(
          asAnyone(
            parseBackupRequest({
              ...wordsFor(table, join(folder, "dumps")),
              jobid: JOB,
              resume: false,
              overwrite: false,
            }),
          ),
          mode,
        ),
    ],
    ["comparing the table with the dump", () => compare(join(folder, "dumps", JOB))],
  ];
  for (const [saying, step] of steps) {
    signal.throwIfAborted();
    say(saying);
    const code = await step();
    if (code !== EXIT.ok) return code;
  }
  return EXIT.ok;
}

/** At the dashboard the repair may have been done already: then nothing remained. */
async function compareAndRepair(
  check: () => Promise<number>,
  repair: () => Promise<number>,
): Promise<number> {
  const found = await check();
  if (found !== EXIT.discrepancies) return found;
  say("repairing the backup (--repair)");
  return repair();
}

async function changeTable(location: string, signal: AbortSignal): Promise<number> {
  const table = await openTable(parseTableLocation(location), {
    access: { anyone: true },
    signal,
  });
  try {
    const { added, changed, deleted } = await changeOrders(table, {
      seed: SEED,
      orders: ORDERS,
      signal,
    });
    say(`${added} orders were added, ${changed} changed, ${deleted} deleted`);
    return EXIT.ok;
  } finally {
    table.close();
  }
}

function wordsFor(table: string, url: string) {
  return { table, url, consistent: false };
}

function asAnyone<Request extends TableRequest>(request: Request): Request {
  return { ...request, tableOptions: { ...request.tableOptions, access: { anyone: true } } };
}

function newDirectory(path: string): DemoDirectory {
  try {
    mkdirSync(path);
    return { path: resolve(path), [Symbol.dispose]() {} };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new DdbrError("file", code === "EEXIST" ? "is there already" : `cannot be made: ${message}`, {
      subject: path,
      hint: "name a directory that is not there yet, in one that is",
      cause: error,
    });
  }
}

/** To stderr, so that stdout holds the runs' output alone. */
function say(text: string): void {
  process.stderr.write(`ddbr demo: ${text}\n`);
}
