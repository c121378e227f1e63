import type { RestoreEvent, RestoreReport } from "../restore/restore-events.ts";
import { addRestore, NO_RESTORE, type RestoreTotals } from "../restore/restore-totals.ts";
import { sumFigures } from "../sum-figures.ts";

/** What a segment's results tell word by word. */
export const TOLD: ReadonlySet<string> = new Set(["raced", "discrepancy", "undone"]);

/**
 * Adds up what happens in a stretch of a restore. What a chunk comes to counts once it is done: whoever goes on with it tells of all of
 * it again. Requests count at once.
 */
export class StretchFigures {
  readonly #report: RestoreReport;
  #totals = NO_RESTORE;
  #lines = "";
  #chunk = NO_RESTORE;
  #chunkLines = "";

  constructor(report: RestoreReport) {
    this.#report = report;
  }

  readonly tell = (event: RestoreEvent): void => {
    if (event.type === "answered" || event.type === "retried") {
      this.#totals = addRestore(this.#totals, event);
    } else {
      this.#chunk = addRestore(this.#chunk, event);
      if (TOLD.has(event.type)) this.#chunkLines += `${JSON.stringify(event)}\n`;
    }
    this.#report(event);
  };

  chunkDone(): void {
    this.#totals = sumFigures(this.#totals, this.#chunk);
    this.#lines += this.#chunkLines;
    this.#forgetChunk();
  }

  /** What has come together since the last time, but for a chunk that is not done. */
  take(): { totals: RestoreTotals; lines: string } {
    const taken = { totals: this.#totals, lines: this.#lines };
    this.#totals = NO_RESTORE;
    this.#lines = "";
    this.#forgetChunk();
    return taken;
  }

  #forgetChunk(): void {
    this.#chunk = NO_RESTORE;
    this.#chunkLines = "";
  }
}
