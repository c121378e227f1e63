import { setTimeout as sleep } from "node:timers/promises";
import type { FollowCheckpoint, ShardPosition } from "./checkpoint.ts";
import type { FollowReport } from "./follow-events.ts";
import type { FollowOptions } from "./follow-options.ts";
import type { Shard } from "./stream-source.ts";

const SAVE_EVERY_MS = 1_000;
/** Without any news it is said all the same that the run is at work, and how long a pause before the next run was. */
const SAVE_AT_LEAST_EVERY_MS = 30_000;
/** A stream keeps its records for a day. */
const KEPT_MS = 24 * 60 * 60_000;
/** By how much clocks may differ. */
const CLOCKS_MS = 5 * 60_000;

/** How far each shard is, and that it is kept in the checkpoint file. */
export class ShardBook {
  readonly #options: FollowOptions;
  readonly #report: FollowReport;
  readonly #stop: AbortSignal;
  readonly #positions: Map<string, ShardPosition>;
  readonly #start: string;
  #seen = false;
  /** Shards that begin at `latest` now. */
  readonly #fresh = new Set<string>();
  #changed = false;
  #savedAt = 0;

  constructor(options: FollowOptions, { report, stop }: { report: FollowReport; stop: AbortSignal }) {
    this.#options = options;
    this.#report = report;
    this.#stop = stop;
    const { found } = options.file;
    this.#positions = new Map(Object.entries(found?.shards ?? {}));
    this.#start = found?.start ?? startText(options.start);
  }

  /** Where the first run started. */
  get start(): string {
    return this.#start;
  }

  /** Records that happened before are passed over; milliseconds since 1970. */
  get since(): number | undefined {
    const at = Date.parse(this.#start);
    return Number.isNaN(at) ? undefined : at;
  }

  /** Takes note of what shards there are: those that are no longer kept are forgotten, and told where they were not done. */
  see(shards: readonly Shard[]): void {
    const listed = new Set(shards.map(({ id }) => id));
    const { found } = this.#options.file;
    for (const [id, position] of this.#positions) {
      if (listed.has(id)) continue;
      // One that is being read says so itself.
      if (!this.#seen && position.state !== "done") {
        const after = position.state === "read" ? position.after : undefined;
        this.#report({ type: "lost", shard: id, after });
      }
      if (!this.#seen || position.state === "done") this.#forget(id);
    }
    if (!this.#seen && found !== undefined) this.#tellLongPause(found);
    if (!this.#seen && found === undefined && this.#start === "latest") this.#beginAtLatest(shards);
    this.#seen = true;
  }

  isDone(shard: string): boolean {
    return this.#positions.get(shard)?.state === "done";
  }

  /** The shards that are done. */
  done(): Map<string, { done: boolean }> {
    const done = [...this.#positions].filter(([, { state }]) => state === "done");
    return new Map(done.map(([id]) => [id, { done: true }]));
  }

  place(shard: string): { position: ShardPosition | undefined; fresh: boolean } {
    return { position: this.#positions.get(shard), fresh: this.#fresh.has(shard) };
  }

  move(shard: string, position: ShardPosition): void {
    this.#positions.set(shard, position);
    this.#changed = true;
  }

  /** Saves what is new every second, until the run is stopped. @throws DdbrError `file` */
  async keepSaved(): Promise<void> {
    while (!this.#stop.aborted) {
      const due = performance.now() - this.#savedAt >= SAVE_AT_LEAST_EVERY_MS;
      if (this.#seen && (this.#changed || due)) await this.save();
      await sleep(SAVE_EVERY_MS, undefined, { signal: this.#stop }).catch(() => {});
    }
  }

  async save(): Promise<void> {
    if (!this.#seen) return;
    this.#changed = false;
    this.#savedAt = performance.now();
    const { followed, file } = this.#options;
    const { stream, createdAt, target } = followed;
    await file.save({
      format: "ddbr-follow",
      version: 1,
      stream,
      createdAt,
      target,
      start: this.#start,
      savedAt: new Date().toISOString(),
      shards: Object.fromEntries(this.#positions),
    });
    this.#report({ type: "saved" });
  }

  #forget(shard: string): void {
    this.#positions.delete(shard);
    this.#changed = true;
  }

  /** What is closed needs nothing; of the others only what comes. */
  #beginAtLatest(shards: readonly Shard[]): void {
    const since = Date.now() - CLOCKS_MS;
    for (const { id, closed } of shards) {
      this.move(id, closed ? { state: "done" } : { state: "latest", since });
      if (!closed) this.#fresh.add(id);
    }
  }

  /** A shard of which nothing had come yet does not say itself that something has gone meanwhile. */
  #tellLongPause({ savedAt }: FollowCheckpoint): void {
    if (Date.now() - Date.parse(savedAt) <= KEPT_MS) return;
    this.#report({
      type: "warning",
      message: `the last run ended on ${savedAt}; a stream keeps its records for a day, so that some may be lost: check with diff-tables or incremental-diff, and mend with --repair`,
    });
  }
}

function startText(start: FollowOptions["start"]): string {
  return typeof start === "string" ? start : new Date(start.since).toISOString();
}
