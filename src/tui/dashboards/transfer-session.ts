import type { PauseGate } from "../../core/pause-gate.ts";
import type {
  End,
  TransferEvent,
  TransferReport,
  TransferSummary,
} from "../../core/transfer/transfer-events.ts";
import { Meters } from "../state/meters.ts";
import type { Activity } from "../state/pulse.ts";
import { RunControl } from "../state/run-control.ts";
import {
  END_COUNTERS,
  type EndCounter,
  endCounters,
  type TransferFrame,
} from "../state/transfer/transfer-frame.ts";
import { ownWork, transferFraction } from "../state/transfer/transfer-progress.ts";
import { INITIAL_TRANSFER, reduceTransfer, type TransferState } from "../state/transfer/transfer-state.ts";

export interface TransferDashboardJob {
  report: TransferReport;
  signal: AbortSignal;
  gate: PauseGate;
}

/** Runs the job; its promise settles after the job has emitted `finished`. */
export type RunTransfer = (job: TransferDashboardJob) => Promise<TransferSummary>;

/** A run that goes on is never all done: files are completed and the manifest is written after the last item. */
const ALMOST = 0.99;

/** The run behind a dashboard: what it has told so far, and what the user wants of it. */
export class TransferSession {
  readonly #run: RunTransfer;
  readonly #meters: Meters<End, EndCounter>;
  readonly #control: RunControl;
  #state: TransferState = INITIAL_TRANSFER;

  constructor(run: RunTransfer, now?: () => number) {
    this.#run = run;
    this.#meters = new Meters(END_COUNTERS, now);
    this.#control = new RunControl(this.#meters);
  }

  async show(): Promise<TransferSummary> {
    const { signal, gate } = this.#control;
    this.#meters.restart();
    try {
      return await this.#run({ report: this.#report, signal, gate });
    } finally {
      this.#meters.pause();
    }
  }

  get over(): boolean {
    return this.#state.phase === "finished";
  }

  get stopping(): boolean {
    return this.#control.stopping;
  }

  stop(): void {
    this.#control.stop();
  }

  /** Nothing stays to be closed when the run is over. */
  quit(): void {
    this.stop();
  }

  togglePause(): void {
    if (!this.over) this.#control.togglePause();
  }

  frame(): TransferFrame {
    const state = this.#state;
    const reading = this.#meters.read({
      counters: endCounters(state),
      over: this.over,
      fraction: this.#fraction,
      work: ownWork(state),
    });
    return { state, activity: this.#activity, ...reading };
  }

  readonly #report = (event: TransferEvent): void => {
    this.#state = reduceTransfer(this.#state, event);
  };

  get #activity(): Activity {
    if (this.over) return "finished";
    if (this.stopping) return "stopping";
    return this.#control.paused ? "paused" : this.#state.phase;
  }

  get #fraction(): number {
    if (this.#state.summary?.outcome === "complete") return 1;
    return Math.min(ALMOST, transferFraction(this.#state));
  }
}
