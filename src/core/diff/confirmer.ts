import { setTimeout as sleep } from "node:timers/promises";
import pLimit from "p-limit";
import TinyQueue from "tinyqueue";
import { DdbrError, describeError } from "../errors.ts";
import type { KeySchema, WireItem } from "../item/attribute-value.ts";
import type { Ignored } from "../item/canonical.ts";
import { keyFromString, keyString } from "../item/key-string.ts";
import type { PauseGate } from "../pause-gate.ts";
import { isPassing } from "../table/failure.ts";
import type { Candidate } from "./candidate.ts";
import type { DiffReport } from "./diff-events.ts";
import { compareImages } from "./discrepancy.ts";
import { judge, newPending, type Pending } from "./pending.ts";
import { carryOut, planRepair, type RepairStep, type UndoLog } from "./repair.ts";
import type { RecordSide, RepairTarget } from "./source.ts";

export interface ConfirmOptions {
  primary: RecordSide;
  replica: RecordSide;
  schema: KeySchema;
  ignored: Ignored | undefined;
  /** How long both sides must have stayed the same to count as stable, milliseconds. */
  settleMs: number;
  /** Keys read at once: 1 to 100. */
  batch: number;
  /** Set to mend what is confirmed. */
  repair?: { target: RepairTarget; undo: UndoLog | undefined; patienceMs: number };
  gate: PauseGate;
  signal: AbortSignal;
  report: DiffReport;
}

/** Candidates held at once; scanning waits when there are more. */
const MOST_PENDING = 20_000;
const WORKERS = 4;
const WRITES_AT_ONCE = 16;
/** How often a worker with nothing to do looks again. */
const POLL_MS = 50;

/**
 * A repair is written within this time of the reads it was decided on, else they are done again: conditions see
 * content, not time, so an image that went away and came back meanwhile would pass unseen.
 */
const STALE_MS = 1_000;
const FIRST_WRITE_PAUSE_MS = 100;
const LONGEST_WRITE_PAUSE_MS = 5_000;

/**
 * Reads candidates again, on both sides with consistent reads, until they are equal or stable and different;
 * the latter are reported, repaired where that is wanted, and verified.
 */
export class Confirmer {
  readonly #options: ConfirmOptions;
  readonly #queue = new TinyQueue<Pending>([], (a, b) => a.dueAt - b.dueAt);
  /** All that is undecided, by key: no request may name a key twice. */
  readonly #pending = new Map<string, Pending>();
  /** Those being read or written just now. */
  readonly #active = new Set<Pending>();
  readonly #writes = pLimit(WRITES_AT_ONCE);
  readonly #workers: Promise<void>[];
  #finishing = false;

  constructor(options: ConfirmOptions) {
    this.#options = options;
    this.#workers = Array.from({ length: WORKERS }, () => this.#work());
  }

  /** Takes candidates; resolves when there is room for more. */
  async add(candidates: readonly Candidate[]): Promise<void> {
    const { settleMs, signal } = this.#options;
    const now = performance.now();
    for (const candidate of candidates) {
      const met = this.#pending.get(candidate.key);
      if (met !== undefined) {
        // Among live writes a record may be met twice, without its partner and then by it: then nobody else answers for it.
        if (met.origin !== candidate.origin) met.origin = "pair";
        continue;
      }
      const pending = newPending(candidate, settleMs, now);
      this.#pending.set(candidate.key, pending);
      this.#queue.push(pending);
    }
    while (this.#queue.length >= MOST_PENDING) {
      signal.throwIfAborted();
      await sleep(POLL_MS);
    }
  }

  /** Rejects as soon as a worker fails in a way that doesn't pass. */
  get failed(): Promise<unknown> {
    return Promise.all(this.#workers);
  }

  /** Resolves when every candidate is decided or, after a failure or a stop, when no write is under way any more. */
  async finish(): Promise<void> {
    this.#finishing = true;
    await Promise.allSettled(this.#workers);
  }

  /** What is undecided: after a failure or a stop, what was not done. */
  undecided(): Pending[] {
    return [...this.#pending.values()];
  }

  async #work(): Promise<void> {
    const { signal, gate } = this.#options;
    while (true) {
      signal.throwIfAborted();
      await gate.passed(signal);
      const batch = this.#takeDue();
      if (batch.length > 0) await this.#confirm(batch);
      else if (this.#finishing && this.#queue.length === 0 && this.#active.size === 0) return;
      else await sleep(POLL_MS);
    }
  }

  #takeDue(): Pending[] {
    const now = performance.now();
    const batch: Pending[] = [];
    const { primary, replica, batch: most } = this.#options;
    // What takes longer to read is stale when it is read.
    const atOnce = Math.min(most, ...[primary, replica].map((side) => side.keysInASecond?.() ?? most));
    while (batch.length < atOnce && (this.#queue.peek()?.dueAt ?? Number.POSITIVE_INFINITY) <= now) {
      const pending = this.#queue.pop()!;
      this.#active.add(pending);
      batch.push(pending);
    }
    return batch;
  }

  async #confirm(batch: Pending[]): Promise<void> {
    // The replica first: what the primary is read to be afterwards is then never older than the image that
    // a write is conditional on.
    const replica = await this.#read(this.#options.replica, batch);
    const primary = await this.#read(this.#options.primary, batch);
    const readAt = performance.now();
    const writes: Promise<void>[] = [];
    for (const pending of batch) {
      const step = this.#decide(pending, primary.get(pending.key), replica.get(pending.key));
      if (step !== undefined) writes.push(this.#writes(() => this.#write(pending, step, readAt)));
    }
    const failures = (await Promise.allSettled(writes)).filter(({ status }) => status === "rejected");
    if (failures.length > 0) throw (failures[0] as PromiseRejectedResult).reason;
  }

  async #read(source: RecordSide, batch: Pending[]): Promise<Map<string, WireItem>> {
    const { schema, signal } = this.#options;
    const keys = batch.map(({ key }) => keyFromString(key, schema));
    const items = await source.read(keys, true, signal);
    return new Map(items.map((item) => [keyString(item, schema), item]));
  }

  /** What is to be written, if anything. */
  #decide(
    pending: Pending,
    primary: WireItem | undefined,
    replica: WireItem | undefined,
  ): RepairStep | undefined {
    const { schema, ignored, settleMs, repair, report } = this.#options;
    const verdict = judge(pending, primary, replica, { ignored, settleMs, now: performance.now() });
    const key = keyFromString(pending.key, schema);
    switch (verdict) {
      case "unsettled":
        this.#again(pending, pending.dueAt);
        return undefined;
      case "equal":
        if (pending.reported) report({ type: "repaired", key, action: pending.written ?? "by-others" });
        else report({ type: "in-flight" });
        break;
      case "elsewhere":
        report({ type: "in-flight" });
        break;
      case "restless":
        if (pending.reported)
          report({ type: "undone", undone: { key, reason: "the record keeps changing" } });
        else report({ type: "in-flight" });
        break;
      case "confirmed": {
        const discrepancy = compareImages(key, primary, replica, ignored)!;
        if (!pending.reported) report({ type: "discrepancy", discrepancy });
        pending.reported = true;
        if (repair !== undefined) return planRepair(primary, replica, ignored);
      }
    }
    this.#settled(pending);
    return undefined;
  }

  async #write(pending: Pending, step: RepairStep, readAt: number): Promise<void> {
    const { schema, signal, report, settleMs } = this.#options;
    const { target, undo } = this.#options.repair!;
    await target.readyToWrite(signal);
    signal.throwIfAborted();
    const now = performance.now();
    if (now - readAt > STALE_MS) return this.#again(pending, now);
    try {
      const outcome = await carryOut(step, target, schema, undo);
      pending.failingSince = undefined;
      if (outcome === "written") {
        pending.written = step.action;
        this.#again(pending, performance.now());
      } else {
        report({ type: "race-lost", key: keyFromString(pending.key, schema) });
        pending.sighting = undefined;
        this.#again(pending, performance.now() + settleMs);
      }
    } catch (error) {
      this.#writeFailed(pending, step, error);
    }
  }

  /** The write may have been done all the same: reading decides. */
  #writeFailed(pending: Pending, step: RepairStep, error: unknown): void {
    const { schema, report } = this.#options;
    const key = keyFromString(pending.key, schema);
    const code = error instanceof DdbrError ? error.code : undefined;
    if (code === "service-refused") {
      this.#settled(pending);
      report({ type: "undone", undone: { key, reason: describeError(error) } });
      return;
    }
    if (!isPassing(error)) throw error;
    const now = performance.now();
    pending.failingSince ??= now;
    const failingMs = now - pending.failingSince;
    if (failingMs > this.#options.repair!.patienceMs) throw error;
    const operation = step.action === "put" ? "PutItem" : "DeleteItem";
    report({ type: "retried", side: "replica", operation, throttled: code === "throttled" });
    pending.written = step.action;
    const pause = Math.min(Math.max(failingMs, FIRST_WRITE_PAUSE_MS), LONGEST_WRITE_PAUSE_MS);
    this.#again(pending, now + pause * (0.5 + Math.random() / 2));
  }

  #settled(pending: Pending): void {
    this.#active.delete(pending);
    this.#pending.delete(pending.key);
  }

  #again(pending: Pending, dueAt: number): void {
    pending.dueAt = dueAt;
    this.#active.delete(pending);
    this.#queue.push(pending);
  }
}
