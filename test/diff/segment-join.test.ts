import { describe, expect, test } from "bun:test";
import { SegmentJoin } from "../../src/core/diff/segment-join.ts";
import type { WireItem } from "../../src/core/item/attribute-value.ts";
import { digestOf } from "../../src/core/item/digest.ts";

const item = (key: string, more: WireItem = {}): WireItem => ({ id: { S: key }, ...more });
const ignored = (name: string) => name === "seen";

describe("an item that waits", () => {
  test("for longer than a page is held as its digest alone", () => {
    const join = new SegmentJoin();
    const early = item("a", { v: { N: "1" } });
    join.beginPage("primary");
    join.arrive("primary", "a", early);
    join.beginPage("primary");
    // Whoever still held the item itself would now see another one.
    early.v = { N: "2" };
    expect(join.arrive("replica", "a", item("a", { v: { N: "1" } }))).toBe("equal");
  });

  test("passes over ignored attributes, within its page and after it", () => {
    for (const pages of [1, 2]) {
      const join = new SegmentJoin(ignored);
      join.arrive("primary", "a", item("a", { seen: { S: "here" } }));
      for (let page = 1; page < pages; page++) join.beginPage("primary");
      expect(join.arrive("replica", "a", item("a", { seen: { S: "there" } }))).toBe("equal");
    }
  });

  test("is handed out with the digest of what counts", () => {
    const join = new SegmentJoin(ignored);
    join.arrive("primary", "a", item("a", { seen: { S: "here" } }));
    expect(join.takeOldest("primary", 10)).toEqual([
      { side: "primary", key: "a", digest: digestOf(item("a")) },
    ]);
  });

  test("costs memory until it is gone", () => {
    const join = new SegmentJoin();
    join.arrive("primary", "a", item("a"));
    join.arrive("replica", "b", item("b"));
    expect(join.bytes).toBeGreaterThan(200);
    join.arrive("replica", "a", item("a"));
    join.takeOldest("replica", 10);
    expect(join.bytes).toBe(0);
    expect([join.waiting("primary"), join.waiting("replica")]).toEqual([0, 0]);
  });
});

describe("what the other side has passed over", () => {
  /** `count` items in the same order on both sides; every tenth only on the primary. */
  function joined(count: number, order: (index: number) => number): SegmentJoin {
    const join = new SegmentJoin();
    for (let index = 0; index < count; index++) join.arrive("primary", `k-${index}`, item(`k-${index}`));
    for (let index = 0; index < count; index++) {
      const other = order(index);
      if (other % 10 !== 0) join.arrive("replica", `k-${other}`, item(`k-${other}`));
    }
    return join;
  }

  test("is told early where both sides are laid in the same order", () => {
    const passed = joined(2_000, (index) => index).takePassedOver("primary", 25, 100);
    expect(passed.length).toBe(100);
    expect(passed.slice(0, 3).map(({ key }) => key)).toEqual(["k-0", "k-10", "k-20"]);
  });

  test("is not told while it would not fill a batch", () => {
    expect(joined(400, (index) => index).takePassedOver("primary", 25, 100)).toEqual([]);
  });

  test("is not guessed at where the order differs", () => {
    expect(joined(2_000, (index) => (index * 7919) % 2_000).takePassedOver("primary", 25, 100)).toEqual([]);
  });
});
