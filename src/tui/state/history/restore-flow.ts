import { describeError } from "../../../core/errors.ts";
import type { WireItem } from "../../../core/item/attribute-value.ts";

/** What became of a restore: done and verified, or refused and why. */
export interface RestoreOutcome {
  ok: boolean;
  lines: string[];
}

/** How versions are restored into the table. */
export interface RestoreOffer {
  /**
   * What would be done, one line each, shown before it is asked for. Rejects when it can't be planned.
   * @param image undefined where the version is a deletion
   */
  plan(image: WireItem | undefined, signal: AbortSignal): Promise<{ lines: string[]; token: unknown }>;
  /** Does what was planned, unless the table's item is no longer what the plan was made for. */
  carryOut(token: unknown, signal: AbortSignal): Promise<RestoreOutcome>;
}

/** How far a restore has come. */
export type RestoreState =
  | { phase: "planning" | "working" }
  /** `what` is to be restored, in words. */
  | { phase: "asking"; what: string; lines: readonly string[]; token: unknown }
  | { phase: "done"; outcome: RestoreOutcome };

/** Plans, leaves the answer to the user, carries out, and keeps what came of it. */
export class RestoreFlow {
  readonly #offer: RestoreOffer;
  readonly #changed: () => void;
  readonly outcomes: RestoreOutcome[] = [];
  #state: RestoreState | undefined;
  #planning: AbortController | undefined;

  constructor(offer: RestoreOffer, changed: () => void) {
    this.#offer = offer;
    this.#changed = changed;
  }

  get state(): RestoreState | undefined {
    return this.#state;
  }

  /**
   * @param what is to be restored, in words
   * @param image reads it
   */
  async plan(what: string, image: (signal: AbortSignal) => Promise<WireItem | undefined>): Promise<void> {
    this.#planning = new AbortController();
    const { signal } = this.#planning;
    this.#show({ phase: "planning" });
    try {
      const plan = await this.#offer.plan(await image(signal), signal);
      if (!signal.aborted) this.#show({ phase: "asking", what, ...plan });
    } catch (error) {
      if (!signal.aborted) this.#end({ ok: false, lines: [describeError(error)] });
    }
  }

  /** Carries out what was asked for. What is under way can't be stopped: it is one conditional write. */
  async carryOut(): Promise<RestoreOutcome | undefined> {
    if (this.#state?.phase !== "asking") return undefined;
    const { token } = this.#state;
    this.#show({ phase: "working" });
    let outcome: RestoreOutcome;
    try {
      outcome = await this.#offer.carryOut(token, new AbortController().signal);
    } catch (error) {
      outcome = { ok: false, lines: [describeError(error)] };
    }
    this.outcomes.push(outcome);
    this.#end(outcome);
    return outcome;
  }

  /** Gives up what was not begun, or puts away what was told. */
  close(): void {
    if (this.#state?.phase === "working") return;
    this.#planning?.abort();
    this.#show(undefined);
  }

  #end(outcome: RestoreOutcome): void {
    this.#show({ phase: "done", outcome });
  }

  #show(state: RestoreState | undefined): void {
    this.#state = state;
    this.#changed();
  }
}
