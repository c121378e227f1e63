import { setTimeout as sleep } from "node:timers/promises";
import pLimit from "p-limit";
import { DdbrError } from "../errors.ts";
import type { PauseGate } from "../pause-gate.ts";
import { WrittenBefore } from "../stream/written-before.ts";
import type { FollowReport } from "./follow-events.ts";
import type { FollowOptions } from "./follow-options.ts";
import { followShard } from "./follow-shard.ts";
import { ShardBook } from "./shard-book.ts";
import { shardsToBegin } from "./shard-order.ts";
import type { Shard } from "./stream-source.ts";

/** The stream is looked at for new shards: seldom, and often while a closed shard's children are to come. */
const DESCRIBE_EVERY_MS = 10_000;
const DESCRIBE_SOON_MS = 1_000;
const CHILDREN_COME_WITHIN_MS = 30_000;
/** DynamoDB answers five requests a second for a shard, and somebody else may read it too. */
const BETWEEN_READS_MS = 250;
/** How long what is under way when the run is stopped is tried again. */
const ABANDON_AFTER_MS = 5_000;

export interface RunHooks {
  report: FollowReport;
  gate: PauseGate;
  stop: AbortSignal;
  fail(error: unknown): void;
  /** All that was wanted is done. */
  finish(): void;
}

/** A stream being followed: which shards are read, and when it ends. */
export class FollowRun {
  readonly #options: FollowOptions;
  readonly #hooks: RunHooks;
  readonly #book: ShardBook;
  readonly #turn: ReturnType<typeof pLimit>;
  readonly #before = new WrittenBefore();
  readonly #abandon = new AbortController();
  readonly #startedAt = Date.now();
  readonly #running = new Map<string, Promise<void>>();
  /** Shards there were at the start of which not all that there was is known to be done; undefined before they are known. */
  #behind: Set<string> | undefined;
  #childrenComeUntil = 0;
  #wake = new AbortController();

  constructor(options: FollowOptions, hooks: RunHooks) {
    this.#options = options;
    this.#hooks = hooks;
    this.#book = new ShardBook(options, hooks);
    this.#turn = pLimit(options.concurrency);
  }

  /** Returns when it was stopped, by somebody or itself, and nothing is under way any more. @throws DdbrError `file` when its end cannot be saved */
  async follow(): Promise<void> {
    const { stop } = this.#hooks;
    const abandonLater = () =>
      void setTimeout(() => this.#abandon.abort(stop.reason), ABANDON_AFTER_MS).unref();
    stop.addEventListener("abort", abandonLater, { once: true });
    if (stop.aborted) abandonLater();
    const saving = this.#book.keepSaved().catch(this.#fail);
    await this.#lookAfter().catch(this.#fail);
    await Promise.all(this.#running.values());
    await saving;
    await this.#book.save();
    // Whoever goes on from here must not be overtaken by what is still on its way.
    await this.#options.target.settled();
  }

  /** What fails after the run has been stopped fails because of that. */
  readonly #fail = (error: unknown): void => {
    if (!this.#hooks.stop.aborted) this.#hooks.fail(error);
  };

  /** Begins shards as their turn comes, until the run is stopped. */
  async #lookAfter(): Promise<void> {
    const { source, untilCaughtUp } = this.#options;
    const { stop, report, finish } = this.#hooks;
    this.#tellStart();
    while (!stop.aborted) {
      const { shards, enabled } = await source.describe(stop);
      this.#book.see(shards);
      this.#behind ??= new Set(shards.filter(({ id }) => !this.#book.isDone(id)).map(({ id }) => id));
      for (const shard of shardsToBegin(shards, this.#known())) this.#begin(shard);
      const known = this.#known();
      report({
        type: "shards",
        listed: shards.length,
        waiting: shards.filter(({ id }) => !known.has(id)).length,
      });
      if (untilCaughtUp && this.#behind.size === 0) return finish();
      if (!enabled && this.#running.size === 0) throw turnedOff(this.#options.primary);
      await this.#rest();
    }
  }

  #tellStart(): void {
    const { kind, primary, targetName, followed, file, warnings = [] } = this.#options;
    const { report } = this.#hooks;
    report({
      type: "started",
      primary,
      target: targetName,
      kind,
      stream: followed.stream,
      checkpoint: file.path,
      resumed: file.found !== undefined,
      start: this.#book.start,
    });
    for (const message of warnings) report({ type: "warning", message });
  }

  /** The shards that were begun, by this run or an earlier one, as far as nobody has to begin them. */
  #known(): Map<string, { done: boolean }> {
    const known = this.#book.done();
    for (const id of this.#running.keys()) known.set(id, { done: false });
    return known;
  }

  #begin(shard: Shard): void {
    const {
      source,
      target,
      targetName,
      patienceMs,
      betweenReadsMs = BETWEEN_READS_MS,
      skipped,
    } = this.#options;
    const { report, gate, stop } = this.#hooks;
    const { id } = shard;
    const work = followShard({
      source,
      shard,
      ...this.#book.place(id),
      turn: (turn) => this.#turn(turn),
      replay: {
        target,
        before: this.#before,
        subject: targetName,
        patienceMs,
        skipped,
        report,
        stop,
        abandon: this.#abandon.signal,
      },
      since: this.#book.since,
      report,
      gate,
      moved: (position) => this.#book.move(id, position),
      caughtUp: () => this.#caughtUp(id),
      startedAt: this.#startedAt,
      betweenReadsMs,
      stop,
    });
    const ended = work.catch(this.#fail).finally(() => {
      this.#running.delete(id);
      this.#childrenComeUntil = performance.now() + CHILDREN_COME_WITHIN_MS;
      this.#wake.abort();
    });
    this.#running.set(id, ended);
  }

  #caughtUp(shard: string): void {
    if (this.#behind?.delete(shard) && this.#behind.size === 0) this.#wake.abort();
  }

  /** Until a shard ends, all is caught up with, or it is time to look for new shards. */
  async #rest(): Promise<void> {
    const soon = performance.now() < this.#childrenComeUntil;
    const signal = AbortSignal.any([this.#hooks.stop, this.#wake.signal]);
    await sleep(soon ? DESCRIBE_SOON_MS : DESCRIBE_EVERY_MS, undefined, { signal }).catch(() => {});
    this.#wake = new AbortController();
  }
}

function turnedOff(subject: string): DdbrError {
  return new DdbrError("table-state", "the table's stream was turned off; all that it held is done", {
    subject,
    hint: "turn it on again and begin anew with another --checkpoint, then diff-tables --repair",
  });
}
