import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { shareOf } from "../../src/core/pacing/share.ts";

const LIMIT = 1_000;
const want = fc.oneof(fc.integer({ min: 1, max: 2_000 }), fc.constant(Number.POSITIVE_INFINITY));

/** What each of these gets, when all know the same. */
function shares(wants: readonly number[]): number[] {
  return wants.map((own, index) => {
    const others = wants.filter((_, other) => other !== index);
    const bounded = others.filter(Number.isFinite);
    return shareOf(LIMIT, { bounded, unbounded: others.length - bounded.length }, own);
  });
}

describe("shares", () => {
  test.each([
    [[Number.POSITIVE_INFINITY], [1_000]],
    [
      [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
      [500, 500],
    ],
    [
      [100, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
      [100, 450, 450],
    ],
    [
      [100, 400, Number.POSITIVE_INFINITY],
      [100, 400, 500],
    ],
    [
      [100, 200],
      [450, 550],
    ],
    [
      [600, 600, 100],
      [450, 450, 100],
    ],
  ])("of %p", (wants, expected) => {
    expect(shares(wants)).toEqual(expected);
  });

  test("add up to the limit, and nobody gets less than it wants while another gets more than it", () => {
    fc.assert(
      fc.property(fc.array(want, { minLength: 1, maxLength: 20 }), (wants) => {
        const all = shares(wants);
        expect(all.reduce((sum, share) => sum + share, 0)).toBeCloseTo(LIMIT, 6);
        for (const [index, share] of all.entries()) {
          if (share < wants[index]! - 1e-6) expect(share).toBeGreaterThanOrEqual(Math.max(...all) - 1e-6);
        }
      }),
    );
  });

  test("are nothing for one that the others don't know yet", () => {
    expect(shareOf(LIMIT, { bounded: [], unbounded: 3 }, 0)).toBe(0);
  });
});
