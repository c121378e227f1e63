import { expect, test } from "bun:test";
import { once } from "node:events";
import { LeaseLost } from "../../src/core/state/segment-lease.ts";
import { takeSegment } from "../../src/core/state/take-segment.ts";
import { failureOf } from "../store/contract/subject.ts";
import { countedOf } from "./counted.ts";
import { Hands, interposed, LEASE_MS, line, MARGIN_MS, taken, withHands } from "./hands.ts";

const progress = (n: number) => ({ checkpoint: n, totals: n, parts: [] });

test("of many who take a segment at the same time, one gets it", () =>
  withHands("directory", async ({ place, outside, hands }) => {
    for (let segment = 0; segment < 10; segment++) {
      const workers = Array.from({ length: 8 }, (_, worker) => hands.terms(`${worker}`));
      const leases = await Promise.all(workers.map((terms) => takeSegment(place, segment, terms)));
      const got = leases.filter((lease) => lease !== undefined);
      expect(got).toHaveLength(1);
      expect((await countedOf(outside, segment))?.record.worker).toBe(got[0]!.record.worker);
    }
  }));

test("who comes back after others have gone on for long notices, though records were tidied away", () =>
  withHands("directory", async ({ place, outside, hands }) => {
    const frozen = await taken(place, new Hands().terms("frozen"));
    await frozen.save(progress(1));
    hands.at += LEASE_MS + MARGIN_MS;
    const other = await taken(place, hands.terms("other"));
    for (let n = 2; n <= 20; n++) await other.save(progress(n));
    expect(await failureOf(() => frozen.save(progress(99)))).toBeInstanceOf(LeaseLost);
    expect((await countedOf(outside, 0))?.record).toMatchObject({ worker: "other", checkpoint: 20 });
    await other.done({ totals: 20, parts: [] });
  }));

test("who takes a segment slowly, while its holder goes on after all, does not get it", () =>
  withHands("directory", async ({ place, outside, hands }) => {
    const holder = await taken(place, hands.terms("holder"));
    await holder.save(progress(1));
    const slow = interposed(place, {
      async before() {
        for (let n = 2; n <= 9; n++) await holder.save(progress(n));
        // The number that is going to be created is free again.
        expect((await countedOf(outside, 0))?.numbers).toEqual([1, 9, 10]);
      },
    });
    const early = hands.terms("early", LEASE_MS + MARGIN_MS);
    expect(await takeSegment(slow, 0, early)).toBeUndefined();
    expect((await countedOf(outside, 0))?.numbers).toEqual([1, 3, 9, 10]);
    await holder.save(progress(10));
    expect(holder.signal.aborted).toBe(false);
    await holder.release();
    expect((await taken(place, hands.terms("next"))).record).toMatchObject({ epoch: 2, checkpoint: 10 });
  }));

test("a record that is tidied away before it can be read is not taken for there being none", () =>
  withHands("directory", async ({ place, hands }) => {
    const holder = await taken(place, hands.terms("holder"));
    await holder.save(progress(1));
    const read: string[] = [];
    const slow = interposed(place, {
      async reading(key) {
        read.push(key);
        if (read.length < 3) for (let n = 0; n < 3; n++) await holder.renew();
        if (read.length === 2) await holder.release();
      },
    });
    expect((await taken(slow, hands.terms("slow"))).record).toMatchObject({ epoch: 2, checkpoint: 1 });
    expect(read.length).toBe(3);
  }));

test("who was too late by its own clock writes nothing", () =>
  withHands("directory", async ({ place, outside, hands }) => {
    const lease = await taken(place, hands.terms("one"));
    hands.at += LEASE_MS;
    expect(await failureOf(() => lease.putPart("ndjson", line("a")))).toBeInstanceOf(LeaseLost);
    expect(await failureOf(() => lease.save(progress(1)))).toBeInstanceOf(LeaseLost);
    expect(lease.signal.reason).toMatchObject({
      code: "condition-failed",
      message: "the lease was lost: it was not renewed in time",
    });
    expect(await outside.keys()).toEqual(["segments/0/00000001.json"]);
  }));

/** A failure after which nobody knows whether the write took effect. It did. */
function forgetful() {
  const forget = { times: 0 };
  return {
    forget,
    async after() {
      if (forget.times-- > 0) throw new Error("the answer was lost");
    },
  };
}

test("a write that failed and took effect all the same is not taken for another worker's", () =>
  withHands("directory", async ({ place, outside, hands }) => {
    const { forget, after } = forgetful();
    const lease = await taken(interposed(place, { after }), hands.terms("one"));
    forget.times = 1;
    expect(await failureOf(() => lease.save(progress(1)))).toMatchObject({ message: "the answer was lost" });
    await lease.save(progress(2));
    forget.times = 1;
    expect(await failureOf(() => lease.save(progress(3)))).toMatchObject({ message: "the answer was lost" });
    await lease.release();
    expect((await countedOf(outside, 0))?.record).toMatchObject({ status: "open", checkpoint: 3 });
  }));

test("a segment that was done without its worker knowing stays done when it is given back", () =>
  withHands("directory", async ({ place, outside, hands }) => {
    const { forget, after } = forgetful();
    const lease = await taken(interposed(place, { after }), hands.terms("one"));
    forget.times = 1;
    const result = { totals: 5, parts: [await lease.putPart("ndjson", line("a"))] };
    expect(await failureOf(() => lease.done(result))).toMatchObject({ message: "the answer was lost" });
    await lease.release();
    expect(await countedOf(outside, 0)).toMatchObject({
      record: { status: "done", totals: 5 },
      lines: ["a"],
    });
  }));

test("a lease renews itself, also when that fails for a while", () =>
  withHands("directory", async ({ place, outside }) => {
    let failures = 0;
    const flaky = interposed(place, {
      async before(key) {
        if (key.endsWith("2.json") && failures++ < 2) throw new Error("not now");
      },
    });
    const lease = await taken(flaky, { worker: "one", leaseMs: 3_000 });
    const { until } = lease.record;
    while ((await countedOf(outside, 0))?.numbers.length === 1) await Bun.sleep(50);
    expect(failures).toBe(3);
    expect(Date.parse((await countedOf(outside, 0))!.record.until)).toBeGreaterThan(Date.parse(until));
    await lease.release();
  }));

test("a lease that cannot be renewed ends, and tells the work", () =>
  withHands("directory", async ({ place }) => {
    let broken = false;
    const breaking = interposed(place, {
      async before() {
        if (broken) throw new Error("out of reach");
      },
    });
    const lease = await taken(breaking, { worker: "one", leaseMs: 200 });
    broken = true;
    if (!lease.signal.aborted) await once(lease.signal, "abort");
    expect(lease.signal.reason).toBeInstanceOf(LeaseLost);
  }));
