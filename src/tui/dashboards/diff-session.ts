import type { DiffEvent, DiffReport, DiffSummary, Side } from "../../core/diff/diff-events.ts";
import { countDiscrepancies, type DiffTotals } from "../../core/diff/diff-totals.ts";
import type { WireKey } from "../../core/item/attribute-value.ts";
import type { PauseGate } from "../../core/pause-gate.ts";
import { type Frame, type SideRates, sideCounters } from "../state/frame.ts";
import { Meters } from "../state/meters.ts";
import { scanFraction } from "../state/progress.ts";
import type { Activity } from "../state/pulse.ts";
import { RepairProgress } from "../state/repair-progress.ts";
import { RunControl } from "../state/run-control.ts";
import { INITIAL_RUN, type RunState, reduceRun } from "../state/run-state.ts";
import { DiscrepancySpool } from "../state/spool/discrepancy-spool.ts";

export interface DashboardJob {
  report: DiffReport;
  signal: AbortSignal;
  gate: PauseGate;
}

export interface DiffRuns {
  /** Runs the job; its promise settles after the job has emitted `finished`. */
  run(job: DashboardJob): Promise<DiffSummary>;
  repair?: RepairOffer;
}

export interface RepairOffer {
  /** Asked before anything is written, one line each; the answer is y or N. */
  question(totals: DiffTotals): string[];
  /** @param keys of what was found and isn't repaired, in the order found; read from disk as they are taken */
  run(keys: Iterable<WireKey>, job: DashboardJob): Promise<DiffSummary>;
}

export interface DiffDashboardResult {
  summary: DiffSummary;
  /** Of the last repair started from the dashboard. */
  repairSummary?: DiffSummary;
}

/** A run that goes on is never all done: what it found is confirmed after the last page. */
const ALMOST = 0.99;

const RATES = ["items", "bytes", "readUnits", "writeUnits"] as const;

type Wish = "quit" | "repair";

/** The runs behind one dashboard: what they have told so far, and what the user wants of them. */
export class DiffSession {
  readonly spool: DiscrepancySpool;
  readonly #runs: DiffRuns;
  readonly #meters: Meters<Side, keyof SideRates>;
  readonly #control: RunControl;
  #state: RunState = INITIAL_RUN;
  #repair: RepairProgress | undefined;
  #wish: ((wish: Wish) => void) | undefined;

  constructor(
    runs: DiffRuns,
    { spool = new DiscrepancySpool(), now }: { spool?: DiscrepancySpool; now?: () => number } = {},
  ) {
    this.#runs = runs;
    this.spool = spool;
    this.#meters = new Meters(RATES, now);
    this.#control = new RunControl(this.#meters);
  }

  /** What is asked before a repair, by what has been found. */
  repairQuestion(): string[] {
    return this.#runs.repair?.question(this.#state.totals) ?? [];
  }

  /** Runs the check, then, while the user stays to browse what was found, whatever else is wished for. */
  async show({ stays }: { stays: boolean }): Promise<DiffDashboardResult> {
    const result: DiffDashboardResult = { summary: await this.#run(this.#runs.run) };
    while (stays && !this.stopping && countDiscrepancies(this.#state.totals) > 0) {
      if ((await this.#nextWish()) === "quit") break;
      result.repairSummary = await this.#runRepair();
    }
    return result;
  }

  /** Whether nothing is running. */
  get over(): boolean {
    return this.#state.phase === "finished";
  }

  get stopping(): boolean {
    return this.#control.stopping;
  }

  /** Ends the run cleanly; when it is over already, closes the dashboard. */
  quit(): void {
    if (this.#wish) this.#wish("quit");
    else this.stop();
  }

  stop(): void {
    this.#control.stop();
  }

  repair(): void {
    if (this.#canRepair) this.#wish?.("repair");
  }

  togglePause(): void {
    if (!this.over) this.#control.togglePause();
  }

  frame(): Frame {
    return {
      state: this.#state,
      activity: this.#activity,
      canRepair: this.#canRepair,
      ...this.#meters.read({
        counters: sideCounters(this.#state),
        over: this.over,
        fraction: this.#fraction,
      }),
    };
  }

  async #run(run: (job: DashboardJob) => Promise<DiffSummary>): Promise<DiffSummary> {
    this.#meters.restart();
    try {
      return await run({ report: this.#report, signal: this.#control.signal, gate: this.#control.gate });
    } finally {
      this.#meters.pause();
    }
  }

  async #runRepair(): Promise<DiffSummary> {
    this.#state = { ...this.#state, phase: "starting" };
    this.#repair = new RepairProgress(
      this.spool.count("all") - this.spool.countState("repaired"),
      this.#state,
    );
    return this.#run((job) => this.#runs.repair!.run(this.spool.openKeys(), job));
  }

  #nextWish(): Promise<Wish> {
    return new Promise((resolve) => {
      this.#wish = (wish) => {
        this.#wish = undefined;
        resolve(wish);
      };
    });
  }

  readonly #report = (event: DiffEvent): void => {
    if (!this.#list(event)) return;
    const { board } = this.#state;
    this.#state = reduceRun(this.#state, event);
    // A repair scans nothing: the segments that were compared stay on the screen.
    if (this.#repair) this.#state = { ...this.#state, board };
  };

  /** Keeps the list in step; false for a discrepancy that has been counted before: a repair finds it again. */
  #list(event: DiffEvent): boolean {
    switch (event.type) {
      case "discrepancy": {
        const again = this.#repair && this.spool.rowOf(event.discrepancy.key) !== undefined;
        if (!again)
          this.spool.append(event.discrepancy, this.#state.mode === "repair" && !this.#state.dryRun);
        return !again;
      }
      case "repaired":
        this.#mark(event.key, "repaired");
        return true;
      case "undone":
        if (event.undone.key) this.#mark(event.undone.key, "failed", event.undone.reason);
        return true;
      default:
        return true;
    }
  }

  #mark(key: WireKey, state: "repaired" | "failed", reason?: string): void {
    const row = this.spool.rowOf(key);
    if (row !== undefined) this.spool.mark(row, state, reason);
  }

  get #activity(): Activity {
    if (this.over) return "finished";
    if (this.stopping) return "stopping";
    if (this.#control.paused) return "paused";
    if (this.#repair) return "repairing";
    return this.#state.phase;
  }

  get #fraction(): number {
    if (this.over && this.#state.summary?.outcome !== "interrupted") return 1;
    return Math.min(ALMOST, this.#repair?.fraction(this.#state) ?? scanFraction(this.#state));
  }

  /** Only what is listed can be repaired, and only once nothing is running. */
  get #canRepair(): boolean {
    return (
      this.#wish !== undefined &&
      this.#runs.repair !== undefined &&
      this.spool.count("all") > this.spool.countState("repaired")
    );
  }
}
