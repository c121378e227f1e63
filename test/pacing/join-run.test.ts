import { afterEach, describe, expect, test } from "bun:test";
import { DdbrError } from "../../src/core/errors.ts";
import type { Heartbeat, HeartbeatPlace } from "../../src/core/pacing/heartbeat.ts";
import { type JoinedRun, type JoinOptions, joinRun } from "../../src/core/pacing/join-run.ts";
import { fastTime } from "./fast-time.ts";

const METER = "orders-read";
const time = fastTime(100);

class Place implements HeartbeatPlace {
  readonly beats = new Map<string, Heartbeat>();
  failure: Error | undefined;

  async publish(heartbeat: Heartbeat): Promise<void> {
    if (this.failure !== undefined) throw this.failure;
    this.beats.set(heartbeat.worker, heartbeat);
  }

  async read(): Promise<Heartbeat[]> {
    return [...this.beats.values()];
  }
}

const joined: JoinedRun[] = [];

async function join(place: Place, worker: string, more: Partial<JoinOptions> = {}): Promise<JoinedRun> {
  const limits = { [METER]: { limit: 1_000, price: 1 } };
  const run = await joinRun({ place, worker, limits, time, ...more });
  joined.push(run);
  return run;
}

/** Sends requests of 10 units until there were so many. */
async function consume(run: JoinedRun, requests: number): Promise<void> {
  const pace = run.pace(METER);
  for (let sent = 0; sent < requests; sent++) {
    await pace.ready(10);
    pace.spent(10);
  }
}

afterEach(async () => {
  for (const run of joined.splice(0)) await run.leave();
});

describe("a run's pace", () => {
  test("lets through no more than the limit allows, whoever takes it", async () => {
    const place = new Place();
    const began = time.now();
    const runs = await Promise.all(["a", "b", "c"].map((worker) => join(place, worker)));
    await Promise.all(runs.map((run) => consume(run, 300)));
    // 9,000 units at 1,000 a second; less is kept for one second by each.
    expect(time.now() - began).toBeGreaterThan(8_000);
  }, 20_000);

  test("is counted in the heartbeats, and the last one says that the worker has left", async () => {
    const place = new Place();
    const run = await join(place, "a");
    await consume(run, 20);
    await run.leave();
    const { left, meters, charged } = place.beats.get("a")!;
    expect({ left, consumed: meters[METER]!.consumed, charged }).toEqual({
      left: true,
      consumed: 200,
      charged: 200_000,
    });
  });

  test("is counted on by the worker's successor", async () => {
    const place = new Place();
    const first = await join(place, "a");
    await consume(first, 20);
    await first.leave();
    const { sequence } = place.beats.get("a")!;
    const second = await join(place, "a");
    await consume(second, 10);
    await second.leave();
    const beat = place.beats.get("a")!;
    expect(beat.meters[METER]!.consumed).toBe(300);
    expect(beat.sequence).toBeGreaterThan(sequence);
  });

  test("ends with the reason when the budget is spent", async () => {
    const place = new Place();
    const run = await join(place, "a", { budget: 0.001 });
    const failure = await consume(run, 1_000).then(
      () => undefined,
      (error) => error,
    );
    expect(failure).toBeInstanceOf(DdbrError);
    expect(failure).toMatchObject({ code: "interrupted", message: "the run's budget of $0.001 is spent" });
    // It was told before, for what was under way to come to an end.
    expect(run.ending.reason).toMatchObject({ code: "interrupted" });
    await run.leave();
    const { consumed } = place.beats.get("a")!.meters[METER]!;
    expect(consumed).toBeGreaterThan(900);
    expect(consumed).toBeLessThanOrEqual(1_000);
  });

  test("ends with the reason when the heartbeats can't go on", async () => {
    const place = new Place();
    const run = await join(place, "a");
    await consume(run, 10);
    const failure = new DdbrError("permission", "may not be written", { subject: "s3://bucket/state" });
    place.failure = failure;
    await expect(consume(run, 100_000)).rejects.toBe(failure);
    place.failure = undefined;
  });

  test("lets nothing through where others have spent the budget but for what they need to come to an end", async () => {
    const place = new Place();
    place.beats.set("b", { worker: "b", sequence: 7, left: true, charged: 960_000, meters: {} });
    const run = await join(place, "a", { budget: 0.001 });
    await expect(run.pace(METER).ready(10)).rejects.toMatchObject({ code: "interrupted" });
  });

  test("has no rate before the others know of it, and then a share of the limit", async () => {
    const place = new Place();
    // Both have to be heard of within a lease.
    const slowly = { time: fastTime(20) };
    const runs = await Promise.all(["a", "b"].map((worker) => join(place, worker, slowly)));
    const paces = runs.map((run) => run.pace(METER));
    expect(paces.map(({ rate }) => rate)).toEqual([0, 0]);
    await Promise.all(paces.map((pace) => pace.ready(1)));
    for (const { rate } of paces) expect(rate).toBeGreaterThan(400);
    expect(paces[0]!.rate + paces[1]!.rate).toBeLessThanOrEqual(1_000);
  });

  test("stops waiting when it is told to", async () => {
    const run = await join(new Place(), "a");
    const stop = new AbortController();
    const waiting = run.pace(METER).ready(10, stop.signal);
    stop.abort(new Error("stopped"));
    await expect(waiting).rejects.toThrow();
  });
});
