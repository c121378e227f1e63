import { DdbrError } from "../errors.ts";
import type { Table } from "../table/table.ts";
import type { ChangeSink } from "./change.ts";
import { ComparedSource } from "./compare-source.ts";
import type { DigestSpool } from "./image-spool.ts";
import { planRestore } from "./plan-restore.ts";
import { refuseOtherKey } from "./refuse-source.ts";
import type { RestoreMode, RestorePlan, RestoreSummary } from "./restore-events.ts";
import { observerOf, type RestoreRun } from "./restore-run.ts";
import type { RestoreSource } from "./restore-source.ts";
import { type RestoreControls, type RestoreTarget, runRestore } from "./run-restore.ts";
import { type Selection, selectionWords } from "./selection.ts";
import { together } from "./together.ts";
import { verifyRestore } from "./verify-restore.ts";

export interface RestoreTableOptions extends RestoreControls {
  source: RestoreSource;
  /** The moment that the source was asked for, milliseconds since 1970. */
  at?: number | undefined;
  target: RestoreTarget;
  mode: RestoreMode;
  selection: Selection;
  /** Of the table's scan, and how many at a time. */
  segments: number;
  concurrency: number;
  dryRun: boolean;
  undoFile: string;
  resume: boolean;
  patienceMs: number;
  jobId?: string | undefined;
}

/** Brings a table, or a part of it, to what a source says. @throws DdbrError `usage` for a mode that the source cannot serve */
export async function restoreTable(options: RestoreTableOptions): Promise<RestoreSummary> {
  const { source, target, mode, selection, segments, concurrency } = options;
  const { schema } = target.description;
  refuseOtherKey(source, schema);
  if (mode === "replace") refuseReplaceBy(source);
  const isScanned =
    selection.keys === undefined && selection.partition === undefined && target.table !== undefined;
  const compared = new ComparedSource({ source, schema, mode, selection, scan: { segments, concurrency } });
  let isRead = false;

  /** What comes of the source is kept: it is read once in a run. */
  async function read(run: RestoreRun): Promise<void> {
    if (isRead) return;
    source.observe(observerOf("source", run.report));
    if (source.lacks !== undefined) run.report({ type: "warning", message: source.lacks });
    await compared.read(run);
    isRead = true;
  }

  async function plan(
    run: RestoreRun,
    table: Table | undefined,
    sink: ChangeSink | undefined,
  ): Promise<RestorePlan> {
    let seen: DigestSpool | undefined;
    const readTable = async (part: RestoreRun) => {
      seen = await compared.readTable(table, part);
    };
    try {
      await together(run, readTable, read);
      run.report({ type: "phase", phase: "planning" });
      return await planRestore(compared, seen!, table, schema, run, sink);
    } finally {
      seen?.close();
    }
  }

  try {
    return await runRestore(
      {
        ...options,
        job: "restore-table",
        source: source.name,
        sourceItems: source.items,
        segments: isScanned ? segments : 0,
        selection: selectionWords(selection),
      },
      {
        plan,
        async verify(run, table) {
          await read(run);
          await verifyRestore(compared, table, schema, run);
        },
      },
    );
  } finally {
    compared.close();
  }
}

/** What is not in such a source was not therefore absent from the table. */
function refuseReplaceBy({ kind, name, lacks }: RestoreSource): void {
  if (kind === "changes") {
    throw new DdbrError(
      "usage",
      "an incremental export does not hold all records, so no table becomes equal to it",
      {
        subject: name,
        hint: "leave --mode replace away: what the export says was deleted is deleted",
      },
    );
  }
  if (lacks !== undefined) {
    throw new DdbrError("usage", `--mode replace would delete too much: ${lacks}`, {
      subject: name,
      hint:
        kind === "folder"
          ? "end the backfill (--resume) or take a later moment, or leave --mode replace away"
          : "name the folder that the whole backup is in, or leave --mode replace away",
    });
  }
}
