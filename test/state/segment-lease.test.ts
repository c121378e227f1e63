import { describe, expect, test } from "bun:test";
import { LeaseLost } from "../../src/core/state/segment-lease.ts";
import { takeSegment } from "../../src/core/state/take-segment.ts";
import { STORE_KINDS } from "../helpers/stores.ts";
import { failureOf } from "../store/contract/subject.ts";
import { countedOf } from "./counted.ts";
import { Hands, LEASE_MS, line, MARGIN_MS, START, taken, withHands } from "./hands.ts";

describe.each(STORE_KINDS)("a lease (%s)", (kind) => {
  test("is one worker's until the segment is done, and then nobody's", () =>
    withHands(kind, async ({ place, outside, hands }) => {
      const lease = await taken(place, hands.terms("one"), 7);
      expect(lease.record).toMatchObject({ worker: "one", epoch: 1, status: "working", checkpoint: null });
      expect(await takeSegment(place, 7, hands.terms("two"))).toBeUndefined();
      const first = await lease.putPart("ndjson", line("a"));
      await lease.save({ checkpoint: { next: "b" }, totals: { items: 1 }, parts: [first] });
      expect(await countedOf(outside, 7)).toMatchObject({
        numbers: [1, 2],
        record: {
          status: "working",
          until: new Date(START + LEASE_MS).toISOString(),
          checkpoint: { next: "b" },
          totals: { items: 1 },
        },
        lines: ["a"],
      });
      const second = await lease.putPart("ndjson", line("b"));
      await lease.done({ totals: { items: 2 }, parts: [first, second] });
      expect(await countedOf(outside, 7)).toMatchObject({
        record: { worker: "one", epoch: 1, status: "done", checkpoint: null, totals: { items: 2 } },
        lines: ["a", "b"],
      });
      hands.at += 100 * LEASE_MS;
      expect(await takeSegment(place, 7, hands.terms("two"))).toBeUndefined();
      expect(lease.signal.aborted).toBe(false);
    }));

  test("that was given back is gone on with by anybody, from what was saved", () =>
    withHands(kind, async ({ place, hands }) => {
      const one = await taken(place, hands.terms("one"));
      const part = await one.putPart("ndjson", line("a"));
      await one.save({ checkpoint: 5, totals: 5, parts: [part] });
      await one.putPart("ndjson", line("not saved"));
      await one.release();
      const two = await taken(place, hands.terms("two"));
      expect(two.record).toMatchObject({
        worker: "two",
        epoch: 2,
        checkpoint: 5,
        totals: 5,
        parts: [part],
      });
      expect(await failureOf(() => one.save({ checkpoint: 6, totals: 6, parts: [] }))).toBeInstanceOf(Error);
      expect(await two.putPart("ndjson", line("b"))).toBe("2-1.ndjson");
      await two.release();
    }));

  test("that is over, by a margin, is taken over; its holder notices, and nothing more of it counts", () =>
    withHands(kind, async ({ place, outside, hands }) => {
      // Its clock stands, so it believes to be in time.
      const one = await taken(place, new Hands().terms("one"));
      const part = await one.putPart("ndjson", line("a"));
      await one.save({ checkpoint: 1, totals: 1, parts: [part] });
      hands.at += LEASE_MS + MARGIN_MS - 1;
      expect(await takeSegment(place, 0, hands.terms("two"))).toBeUndefined();
      hands.at += 1;
      const two = await taken(place, hands.terms("two"));
      expect(two.record).toMatchObject({ epoch: 2, checkpoint: 1, parts: [part] });
      await one.putPart("ndjson", line("y"));
      const failure = await failureOf(() => one.save({ checkpoint: 9, totals: 9, parts: [] }));
      expect(failure).toBeInstanceOf(LeaseLost);
      expect(one.signal.reason).toBe(failure);
      expect(await failureOf(() => one.putPart("ndjson", line("z")))).toBe(failure);
      await two.done({ totals: 2, parts: [part] });
      expect(await countedOf(outside, 0)).toMatchObject({
        record: { worker: "two", totals: 2 },
        lines: ["a"],
      });
    }));

  test("whoever holds it tidies up behind itself", () =>
    withHands(kind, async ({ place, outside, hands }) => {
      const one = await taken(place, hands.terms("one"));
      for (let n = 1; n <= 6; n++) await one.save({ checkpoint: n, totals: n, parts: [] });
      expect((await countedOf(outside, 0))?.numbers).toEqual([1, 6, 7]);
      await one.release();
      const two = await taken(place, hands.terms("two"));
      for (let n = 7; n <= 9; n++) await two.renew();
      expect((await countedOf(outside, 0))?.numbers).toEqual([1, 7, 8, 9, 11, 12]);
      await two.release();
    }));
});
