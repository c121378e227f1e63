import { digestOfTable } from "../fingerprint/fingerprint-json.ts";
import { PauseGate } from "../pause-gate.ts";
import type { UnitPrices } from "../restore/prices.ts";
import type { TableScan } from "../restore/read-table.ts";
import type { RestoreEvent, RestoreReport, RestoreSummary } from "../restore/restore-events.ts";
import type { RestoreRun } from "../restore/restore-run.ts";
import { restoreTable } from "../restore/restore-table.ts";
import { addRestore, NO_RESTORE, type RestoreTotals } from "../restore/restore-totals.ts";
import { segmentsForSize } from "../segments.ts";
import type { Table } from "../table/table.ts";
import {
  againstCheck,
  countCheck,
  itemsCheck,
  manifestCheck,
  sourceCheck,
  writtenCheck,
} from "./drill-checks.ts";
import { DrillClock } from "./drill-clock.ts";
import { type DrillUnits, drillCost, NO_UNITS } from "./drill-cost.ts";
import { judge } from "./drill-outcome.ts";
import type { DrillCheck, DrillResult, DrillSetting } from "./drill-result.ts";
import type { DrillSource } from "./drill-source.ts";
import { countDifferences, type ScannedTable, scanTable } from "./scanned-table.ts";
import type { ScratchTable } from "./scratch-table.ts";
import { type WatchedSource, watchSource } from "./watched-source.ts";

export interface DrillOptions {
  setting: DrillSetting;
  source: DrillSource;
  scratch: ScratchTable;
  /** What was restored is compared with it. */
  against: Table | undefined;
  /** Of a table's scan that are read at the same time. */
  concurrency: number;
  prices: UnitPrices;
  /** Where the restore's plan is kept meanwhile: a new file's name. Whoever names it removes it. */
  planFile: string;
  patienceMs: number;
  signal: AbortSignal;
  gate?: PauseGate | undefined;
  /** Events of a restore; `finished` comes when everything is over. */
  report: RestoreReport;
}

export interface DrillRun {
  result: DrillResult;
  restore: RestoreSummary;
}

/**
 * Restores a backup into a table of its own, checks what came of it, and deletes that table whatever happens. Resolves also
 * when nothing was proved; `outcome` says why.
 * @throws DdbrError when the table's place cannot be reached
 */
export async function drill(options: DrillOptions): Promise<DrillRun> {
  await options.scratch.requireAbsent(options.signal);
  return await new Drill(options).run();
}

/** Of a source that cannot even be opened, because of something that {@link showsUnrestorable}. */
export function unopenedDrill(setting: DrillSetting, error: unknown, prices: UnitPrices): DrillResult {
  const now = new Date();
  const course = { setting, hasFingerprint: false, checks: [], stopped: false };
  return {
    ...setting,
    ...judge({ ...course, failure: error, sourceFailure: error }),
    startedAt: now,
    finishedAt: now,
    facts: undefined,
    restored: undefined,
    differences: undefined,
    phases: new DrillClock().phases,
    cost: drillCost(NO_UNITS, prices, setting.local),
    end: { made: false, arn: undefined, removed: true, problem: undefined },
  };
}

class Drill {
  readonly #options: DrillOptions;
  readonly #startedAt = new Date();
  readonly #clock = new DrillClock();
  readonly #watched: WatchedSource;
  readonly #run: RestoreRun;
  readonly #checks: DrillCheck[] = [];
  #totals: RestoreTotals = NO_RESTORE;
  /** Of all that has been told, what came of the live table. */
  #liveReadUnits = 0;
  #restored: DrillResult["restored"];
  #differences: DrillResult["differences"];
  #failure: unknown;

  constructor(options: DrillOptions) {
    const { source, signal, gate = new PauseGate(), patienceMs } = options;
    this.#options = options;
    this.#watched = watchSource(source.source, source.schema);
    this.#run = { signal, gate, patienceMs, report: (event) => this.#tell(event) };
  }

  async run(): Promise<DrillRun> {
    const { scratch, signal } = this.#options;
    let restore: RestoreSummary | undefined;
    try {
      restore = await this.#restore();
      this.#failure = this.#watched.failure ?? restore.failure;
      if (this.#failure === undefined && !signal.aborted) await this.#check(restore);
    } catch (error) {
      this.#failure = error;
      // What no restore can be begun with is no drill's result.
      if (restore === undefined) throw error;
    } finally {
      this.#clock.enter("remove");
      await scratch.remove();
    }
    const result = this.#result();
    const summary = this.#summaryOf(restore);
    this.#tell({ type: "finished", summary });
    return { result, restore: summary };
  }

  #restore(): Promise<RestoreSummary> {
    const { setting, source, planFile, patienceMs, scratch, signal } = this.#options;
    const { schema } = source;
    return restoreTable({
      jobId: setting.jobId,
      source: this.#watched.source,
      at: setting.at,
      target: {
        description: { label: "table", name: scratch.location.text, schema, items: 0, bytes: 0 },
        create: async (stop) => {
          this.#clock.enter("make");
          return await scratch.make(stop);
        },
      },
      mode: "replace",
      selection: { where: [] },
      ...this.#scanOf(source.source.bytes),
      dryRun: false,
      undoFile: planFile,
      resume: false,
      patienceMs,
      signal,
      gate: this.#run.gate,
      agree: async () => true,
      report: (event) => {
        if (event.type === "phase") this.#clock.enterRestore(event.phase);
        // Nobody has chosen a mode, and the file is gone with the table.
        if (event.type === "started") this.#tell({ ...event, mode: undefined });
        else if (event.type === "planned") this.#tell({ ...event, undoFile: undefined });
        else if (event.type !== "finished") this.#tell(event);
      },
    });
  }

  async #check(restore: RestoreSummary): Promise<void> {
    const { source, against } = this.#options;
    const { schema, manifest } = source;
    this.#clock.enter("compare");
    const read = this.#watched.fingerprint;
    this.#checks.push(sourceCheck(source, read.table.items), writtenCheck(restore));
    using scanned = await this.#scanScratch();
    const { fingerprint, bytes } = scanned;
    this.#restored = {
      items: fingerprint.table.items,
      bytes,
      fingerprint: { buckets: fingerprint.table.buckets, digest: digestOfTable(fingerprint.table) },
    };
    this.#checks.push(countCheck(source, restore, fingerprint.table.items, read.table.items));
    this.#checks.push(itemsCheck(fingerprint, read));
    if (manifest?.fingerprint !== undefined) {
      this.#checks.push(manifestCheck(fingerprint, manifest.fingerprint));
    }
    if (against === undefined) return;
    const before = this.#totals.table.readUnits;
    using live = await this.#scan(against, true).finally(() => {
      this.#liveReadUnits = this.#totals.table.readUnits - before;
    });
    const check = againstCheck(fingerprint, live.fingerprint, undefined);
    if (check.result === "failed") {
      this.#differences = countDifferences(scanned, live, schema, this.#run.signal);
    }
    this.#checks.push(againstCheck(fingerprint, live.fingerprint, this.#differences));
  }

  async #scanScratch(): Promise<ScannedTable> {
    const { scratch, against } = this.#options;
    const table = await scratch.open();
    try {
      return await this.#scan(table, against !== undefined);
    } finally {
      table.close();
    }
  }

  async #scan(table: Table, keep: boolean): Promise<ScannedTable> {
    const { source } = this.#options;
    const { report } = this.#run;
    table.observe({
      answered: (call) => report({ type: "answered", end: "table", ...call }),
      retried: ({ operation, throttled }) => report({ type: "retried", end: "table", operation, throttled }),
    });
    report({ type: "phase", phase: "verifying" });
    const bytes = Math.max(table.description.bytes, source.source.bytes);
    return await scanTable(table, source.schema, this.#scanOf(bytes), keep, this.#run);
  }

  #scanOf(bytes: number): TableScan {
    return { segments: segmentsForSize(bytes), concurrency: this.#options.concurrency };
  }

  #tell(event: RestoreEvent): void {
    this.#totals = addRestore(this.#totals, event);
    this.#options.report(event);
  }

  #result(): DrillResult {
    const { setting, source, scratch, prices, signal } = this.#options;
    return {
      ...setting,
      ...judge({
        setting,
        hasFingerprint: source.manifest?.fingerprint !== undefined,
        checks: this.#checks,
        failure: this.#failure,
        sourceFailure: this.#watched.failure,
        stopped: signal.aborted,
      }),
      startedAt: this.#startedAt,
      finishedAt: new Date(),
      facts: { kind: source.source.kind, asOf: source.source.asOf, table: source.table },
      restored: this.#restored,
      differences: this.#differences,
      phases: this.#clock.phases,
      cost: drillCost(this.#units, prices, setting.local),
      end: scratch.end,
    };
  }

  get #units(): DrillUnits {
    const { writeUnits, readUnits } = this.#totals.table;
    return { writeUnits, readUnits: readUnits - this.#liveReadUnits, liveReadUnits: this.#liveReadUnits };
  }

  #summaryOf(restore: RestoreSummary): RestoreSummary {
    const elapsedMs = Math.round(Date.now() - this.#startedAt.getTime());
    return { ...restore, totals: this.#totals, elapsedMs, undoFile: undefined };
  }
}
