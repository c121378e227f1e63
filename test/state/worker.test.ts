import { describe, expect, test } from "bun:test";
import { createDice } from "../../src/core/demo/dice.ts";
import type { StatePlace } from "../../src/core/state/state-place.ts";
import { type WorkOptions, workOnSegments } from "../../src/core/state/worker.ts";
import { STORE_KINDS, type StoreKind } from "../helpers/stores.ts";
import { failureOf } from "../store/contract/subject.ts";
import { countedOf } from "./counted.ts";
import { interposed } from "./hands.ts";
import { openPlace, withState } from "./opened-places.ts";
import { type Told, workInUnits } from "./worker-child.ts";
import { checkOutcome } from "./worker-outcome.ts";

const OPTIONS: WorkOptions = {
  worker: "one",
  leaseMs: 60_000,
  segments: 4,
  concurrency: 2,
  signal: new AbortController().signal,
};
const EMPTY = { totals: null, parts: [] };
/** A lease is longer than some requests take, or nobody would come to an end. */
const SIZES: Record<StoreKind, { segments: number; units: number; leaseMs: number }> = {
  directory: { segments: 10, units: 6, leaseMs: 250 },
  s3: { segments: 5, units: 4, leaseMs: 1_000 },
};

/** The place as a worker has it whose machine stands still now and then, for longer than its lease. */
function halting(place: StatePlace, seed: number, longestMs: number): StatePlace {
  const dice = createDice(seed);
  const halt = async () => {
    if (dice.chance(0.08)) await Bun.sleep(dice.between(0, longestMs));
  };
  return interposed(place, { before: halt, after: halt });
}

async function statusOf(place: Parameters<typeof countedOf>[0], segment: number): Promise<string> {
  return (await countedOf(place, segment))?.record.status ?? "untaken";
}

describe.each(STORE_KINDS)("workers (%s)", (kind) => {
  test(
    "do every segment once, also when their requests take longer than a lease",
    () =>
      withState(kind, async (_place, outside) => {
        const size = SIZES[kind];
        const told: Told[] = [];
        const workers = Array.from({ length: 6 }, async (_, worker) => {
          const place = await openPlace(outside.url);
          const options = { ...OPTIONS, segments: size.segments, leaseMs: size.leaseMs, clockMarginMs: 20 };
          await workOnSegments(
            halting(place, worker, 3 * size.leaseMs),
            { ...options, worker: `${worker}`, report: (event) => told.push(event) },
            (lease, { signal }) => {
              const { segment } = lease;
              const { epoch } = lease.record;
              const saved = (unit: number) => told.push({ type: "saved", segment, epoch, unit });
              return workInUnits(lease, signal, { units: size.units, unitMs: 10, saved });
            },
          );
          place.close();
        });
        await Promise.all(workers);
        expect(await checkOutcome(outside, size, told)).toBeGreaterThan(size.segments);
      }),
    180_000,
  );
});

test("when all is done there is nothing to do", () =>
  withState("directory", async (place) => {
    expect(await workOnSegments(place, OPTIONS, async () => EMPTY)).toEqual({ done: 4 });
    expect(await workOnSegments(place, OPTIONS, async () => EMPTY)).toEqual({ done: 0 });
  }));

test("a worker that is paused gives back what it has saved, and begins nothing more", () =>
  withState("directory", async (place, outside) => {
    const pause = new AbortController();
    const options = { ...OPTIONS, segments: 3, concurrency: 1, pause: pause.signal };
    const went = await workOnSegments(place, options, async (lease, controls) => {
      if (lease.record.checkpoint === null && pause.signal.aborted) throw new Error("begun after the pause");
      pause.abort(new Error("paused by the test"));
      expect(controls.signal.aborted).toBe(false);
      await lease.save({ checkpoint: "half", totals: null, parts: [] });
      return undefined;
    });
    expect(went).toEqual({ done: 0 });
    const records = await Promise.all([0, 1, 2].map((segment) => countedOf(outside, segment)));
    const saved = records.flatMap((counted) => counted?.record ?? []);
    expect(saved.map(({ status, checkpoint }) => [status, checkpoint])).toEqual([["open", "half"]]);
  }));

test("no more segments are done at the same time than was asked for", () =>
  withState("directory", async (place) => {
    const now = { working: 0, most: 0 };
    await workOnSegments(place, { ...OPTIONS, segments: 12, concurrency: 3 }, async () => {
      now.most = Math.max(now.most, ++now.working);
      await Bun.sleep(300);
      now.working--;
      return EMPTY;
    });
    expect(now.most).toBe(3);
  }));

test("one segment can be asked for, and is waited for while a worker that has died has it", () =>
  withState("directory", async (place, outside) => {
    const dead = { worker: "dead", lease: "l", epoch: 4, leaseMs: 3_000, status: "working" };
    const until = new Date(Date.now() + 3_000).toISOString();
    const record = { ...dead, until, checkpoint: "half", totals: null, parts: [] };
    await outside.put("segments/2/00000009.json", JSON.stringify(record));
    const held: number[] = [];
    const report: WorkOptions["report"] = (event) => {
      if (event.type === "waiting") held.push(event.held);
    };
    const options = { ...OPTIONS, leaseMs: 500, clockMarginMs: 10, segment: 2, report };
    const went = await workOnSegments(place, options, async (lease) => {
      expect(lease.record).toMatchObject({ epoch: 5, checkpoint: "half" });
      return EMPTY;
    });
    expect(went).toEqual({ done: 1 });
    expect(held.length).toBeGreaterThan(0);
    const statuses = await Promise.all([0, 1, 2, 3].map((segment) => statusOf(outside, segment)));
    expect(statuses).toEqual(["untaken", "untaken", "done", "untaken"]);
  }));

test("work that fails ends the run; what was saved is kept, and the segments are free at once", () =>
  withState("directory", async (place, outside) => {
    const failure = new Error("no such table");
    const failing = workOnSegments(place, { ...OPTIONS, segments: 2 }, async (lease, { signal }) => {
      await lease.save({ checkpoint: "half", totals: 1, parts: [] });
      if (lease.segment === 1) throw failure;
      if (!signal.aborted) await new Promise((resolve) => signal.addEventListener("abort", resolve));
      await lease.save({ checkpoint: "stopped", totals: 2, parts: [] });
      throw signal.reason;
    });
    expect(await failureOf(() => failing)).toBe(failure);
    expect((await countedOf(outside, 1))?.record).toMatchObject({ status: "open", checkpoint: "half" });
    // The other was begun or not when the first failed.
    const other = (await countedOf(outside, 0))?.record;
    if (other !== undefined) expect(other.status).toBe("open");
  }));

test("a stop gives back what is under way, as it was saved last", () =>
  withState("directory", async (place, outside) => {
    const stop = new AbortController();
    const reason = new Error("stopped by the test");
    const stopping = workOnSegments(
      place,
      { ...OPTIONS, segments: 1, signal: stop.signal },
      async (lease, { signal }) => {
        stop.abort(reason);
        expect(signal.aborted).toBe(true);
        await lease.save({ checkpoint: "at the stop", totals: null, parts: [] });
        throw signal.reason;
      },
    );
    expect(await failureOf(() => stopping)).toBe(reason);
    expect((await countedOf(outside, 0))?.record).toMatchObject({
      status: "open",
      checkpoint: "at the stop",
    });
    const begun = { ...OPTIONS, signal: stop.signal };
    expect(await failureOf(() => workOnSegments(place, begun, async () => EMPTY))).toBe(reason);
    expect(await statusOf(outside, 1)).toBe("untaken");
  }));
