import { setTimeout as sleep } from "node:timers/promises";
import type { PauseGate } from "../pause-gate.ts";
import { compareSequences } from "../stream/sequence.ts";
import { readStreamRecord } from "../stream/stream-record.ts";
import type { ShardPosition } from "./checkpoint.ts";
import type { FollowReport } from "./follow-events.ts";
import { type PageRecord, type PageReplay, replayPage } from "./replay-page.ts";
import type { ReadFrom, Shard, StreamSource } from "./stream-source.ts";

export interface ShardRun {
  source: StreamSource;
  shard: Shard;
  /** Where an earlier run was; undefined: the oldest record. */
  position: ShardPosition | undefined;
  /** Begins at `latest` now, not when it goes on later. */
  fresh: boolean;
  /** Holds the pages that are in memory to a number. */
  turn<Result>(work: () => Promise<Result>): Promise<Result>;
  replay: Omit<PageReplay, "shard" | "turnover">;
  /** Records that happened before are passed over; milliseconds since 1970. */
  since: number | undefined;
  report: FollowReport;
  gate: PauseGate;
  /** All up to here is done, durably. */
  moved(position: ShardPosition): void;
  /** All that there was when the run began is done. */
  caughtUp(): void;
  /** When the run began, by this machine's clock, milliseconds since 1970. */
  startedAt: number;
  betweenReadsMs: number;
  stop: AbortSignal;
}

/** While nothing comes the pause between two reads is so many times as long. */
const IDLE = 4;
/** A page may be empty though there is more: only several in a row are taken for the end. */
const EMPTY_PAGES_AT_END = 4;
/** What to do where not even a record's number is told. */
const NO_STREAM = "check the address: what answers there does not speak DynamoDB Streams";
/** By how much clocks may differ. */
const CLOCKS_MS = 5_000;

/** Reads a shard to its end and replays it. Returns when it is closed and done; rejects with the stop's reason. */
export async function followShard(run: ShardRun): Promise<void> {
  const { source, shard, report, gate, stop } = run;
  let { position, fresh } = run;
  const at = position?.state === "read" ? position.at : undefined;
  report({ type: "shard-started", shard: shard.id, after: sequenceOf(position), at });
  let iterator = await begin(fresh ? "latest" : fromOf(position));
  let empty = 0;

  /** An iterator for reading on; undefined: the shard is no longer kept. */
  async function begin(from: ReadFrom): Promise<string | undefined> {
    const begun = await source.iterator(shard.id, from, stop);
    if (typeof begun === "object") return begun.iterator;
    lose();
    return begun === "trimmed" && from !== "trim-horizon" ? begin("trim-horizon") : undefined;
  }

  /** What was begun at `latest`, and then begun anew before anything came, is told from what was there before by its time alone. */
  function sinceLatest(): number | undefined {
    return position === undefined || position.state === "done" || fresh ? undefined : position.since;
  }

  function lose(): void {
    report({ type: "lost", shard: shard.id, after: sequenceOf(position) });
  }

  function move(next: ShardPosition): void {
    position = next;
    run.moved(next);
  }

  async function replay(values: unknown[]): Promise<void> {
    const records = values.map((value) => readStreamRecord(value, NO_STREAM));
    report({ type: "read", shard: shard.id, records: records.length });
    const since = sinceLatest() ?? run.since;
    const turnover = since === undefined ? undefined : ({ role: "AFTER", at: since } as const);
    const undone = await replayPage(records, { ...run.replay, shard: shard.id, turnover });
    const done = lastBefore(undone, records);
    if (done !== undefined) move(positionAfter(done, sinceLatest()));
    stop.throwIfAborted();
    if ((timeOf(records.at(-1)) ?? 0) > run.startedAt + CLOCKS_MS) run.caughtUp();
  }

  /** Reads and replays a page; returns where to go on, or undefined at the end of the shard. */
  async function next(current: string): Promise<string | undefined> {
    const page = await source.read(current, stop);
    if (page === "expired") {
      fresh = false;
      return begin(fromOf(position));
    }
    if (page === "trimmed") {
      // Reading from the oldest record on, that may have gone in the same moment: nothing was missed then.
      if (position?.state === "read") lose();
      return begin("trim-horizon");
    }
    if (page === "gone") {
      lose();
      return undefined;
    }
    empty = page.records.length === 0 ? empty + 1 : 0;
    if (page.records.length > 0) await replay(page.records);
    return page.next;
  }

  while (iterator !== undefined) {
    await gate.passed(stop);
    stop.throwIfAborted();
    const startedAt = performance.now();
    const current: string = iterator;
    iterator = await run.turn(() => next(current));
    if (iterator === undefined) break;
    if (empty > 0 && !shard.closed) report({ type: "up-to-date", shard: shard.id });
    if (empty >= EMPTY_PAGES_AT_END) run.caughtUp();
    const pause = run.betweenReadsMs * (empty <= EMPTY_PAGES_AT_END || shard.closed ? 1 : IDLE);
    await sleep(Math.max(0, startedAt + pause - performance.now()), undefined, { signal: stop });
  }
  move({ state: "done" });
  run.caughtUp();
  report({ type: "shard-done", shard: shard.id });
}

function fromOf(position: ShardPosition | undefined): ReadFrom {
  return position?.state === "read" ? { after: position.after } : "trim-horizon";
}

function sequenceOf(position: ShardPosition | undefined): string | undefined {
  return position?.state === "read" ? position.after : undefined;
}

/** The last record before that sequence number; all of them without one. */
function lastBefore(undone: string | undefined, records: readonly PageRecord[]): PageRecord | undefined {
  if (undone === undefined) return records.at(-1);
  return records.findLast(({ sequence }) => compareSequences(sequence, undone) < 0);
}

function positionAfter(record: PageRecord, since: number | undefined): ShardPosition {
  const at = timeOf(record);
  const stillBefore = since !== undefined && (at === undefined || at < since);
  return {
    state: "read",
    after: record.sequence,
    ...(at !== undefined && { at }),
    ...(stillBefore && { since }),
  };
}

function timeOf(record: PageRecord | undefined): number | undefined {
  return record !== undefined && "at" in record ? record.at : undefined;
}
