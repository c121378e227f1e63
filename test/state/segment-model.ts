import { LEASE_MS, MARGIN_MS, START } from "./hands.ts";

/** What a segment's newest record must say. */
export interface Expected {
  worker: number;
  epoch: number;
  status: "working" | "open" | "done";
  /** By the clock of its worker. */
  until: number;
  checkpoint: number | null;
  lines: string[];
}

interface Hold {
  epoch: number;
  until: number;
  /** Lines stored and not saved yet. */
  unsaved: string[];
}

/** Segments and workers with clocks that differ, as they are meant to be: a few numbers instead of objects and requests. */
export class SegmentModel {
  readonly #aheadMs: readonly number[];
  #at = START;
  readonly newest = new Map<number, Expected>();
  readonly #holds = new Map<string, Hold>();

  /** @param aheadMs of each worker's clock */
  constructor(aheadMs: readonly number[]) {
    this.#aheadMs = aheadMs;
  }

  now(worker: number): number {
    return this.#at + this.#aheadMs[worker]!;
  }

  advance(ms: number): void {
    this.#at += ms;
  }

  take(worker: number, segment: number): boolean {
    const found = this.newest.get(segment);
    if (found?.status === "done") return false;
    if (found?.status === "working" && this.now(worker) < found.until + MARGIN_MS) return false;
    const { epoch = 0, checkpoint = null, lines = [] } = found ?? {};
    const until = this.now(worker) + LEASE_MS;
    this.newest.set(segment, { worker, epoch: epoch + 1, status: "working", until, checkpoint, lines });
    this.#holds.set(`${worker}/${segment}`, { epoch: epoch + 1, until, unsaved: [] });
    return true;
  }

  part(worker: number, segment: number, line: string): boolean {
    const hold = this.#inTime(worker, segment);
    hold?.unsaved.push(line);
    return hold !== undefined;
  }

  write(worker: number, segment: number, what: "save" | "renew" | "release" | "done", n: number): boolean {
    const hold = this.#inTime(worker, segment);
    const found = this.newest.get(segment);
    if (hold === undefined || found === undefined) return false;
    if (found.epoch !== hold.epoch) {
      this.#holds.delete(`${worker}/${segment}`);
      return false;
    }
    hold.until = this.now(worker) + LEASE_MS;
    const next = { ...found, until: hold.until };
    if (what === "save" || what === "done") {
      next.checkpoint = what === "save" ? n : null;
      next.lines = [...found.lines, ...hold.unsaved.splice(0)];
    }
    if (what === "release") next.status = "open";
    if (what === "done") next.status = "done";
    this.newest.set(segment, next);
    if (next.status !== "working") this.#holds.delete(`${worker}/${segment}`);
    return true;
  }

  #inTime(worker: number, segment: number): Hold | undefined {
    const name = `${worker}/${segment}`;
    const hold = this.#holds.get(name);
    if (hold !== undefined && this.now(worker) < hold.until) return hold;
    this.#holds.delete(name);
    return undefined;
  }
}
