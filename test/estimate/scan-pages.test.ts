import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { scanOf, scanTerms } from "../../src/core/estimate/scan-pages.ts";
import { scanOfTable } from "../../src/core/estimate/spread.ts";

/** A segment read item by item, as the service does it: a page ends with the item that fills it. */
function scanned(counts: number[], itemBytes: number, consistent: boolean) {
  let requests = 0;
  let readUnits = 0;
  for (const count of counts) {
    let left = count;
    do {
      let bytes = 0;
      for (; left > 0 && bytes < 1024 * 1024; left--) bytes += itemBytes;
      requests++;
      readUnits += Math.ceil(bytes / 4096) * (consistent ? 1 : 0.5);
    } while (left > 0);
  }
  return { requests, readUnits };
}

const itemBytes = fc.integer({ min: 1, max: 400 * 1024 });

describe("scanning segments of known numbers of items", () => {
  test("takes what reading them item by item takes", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 4000 }), { minLength: 1, maxLength: 20 }),
        itemBytes,
        fc.boolean(),
        (counts, bytes, consistent) => {
          expect(scanOf(counts, scanTerms(bytes, consistent))).toEqual(scanned(counts, bytes, consistent));
        },
      ),
    );
  });

  test("under a limit a page is a second's worth of it", () => {
    expect(scanTerms(1024, false, 10).pageItems).toBe(80);
    expect(scanTerms(1024, true, 10).pageItems).toBe(40);
    expect(scanTerms(300_000, false, 1).pageItems).toBe(1);
    expect(scanTerms(1024, false, 1e9).pageItems).toBe(1024);
  });
});

describe("scanning a table of which only the size is known", () => {
  /** As many items as there are, each in a segment that chance has chosen. */
  function fallen(items: number, segments: number): number[] {
    const counts = new Array<number>(segments).fill(0);
    for (let item = 0; item < items; item++) counts[Math.floor(Math.random() * segments)]!++;
    return counts;
  }

  test("in one segment is exact", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 5_000_000 }), itemBytes, (items, bytes) => {
        const terms = scanTerms(bytes, false);
        fc.pre(items % terms.pageItems > 0);
        const { requests, readUnits } = scanOf([items], terms);
        expect(scanOfTable({ items, itemBytes: bytes, clustered: false }, 1, terms)).toEqual({
          requests: { low: requests, likely: requests, high: requests },
          readUnits: { low: readUnits, likely: readUnits, high: readUnits },
        });
      }),
    );
  });

  test("leaves open whether an empty page follows one that the last item has filled", () => {
    const told = scanOfTable({ items: 2048, itemBytes: 1024, clustered: false }, 1, scanTerms(1024, false));
    expect(told).toEqual({
      requests: { low: 2, likely: 2, high: 3 },
      readUnits: { low: 256, likely: 256, high: 256.5 },
    });
    const empty = scanOfTable({ items: 0, itemBytes: 1024, clustered: false }, 1, scanTerms(1024, false));
    expect(empty.requests).toEqual({ low: 1, likely: 1, high: 1 });
    expect(empty.readUnits).toEqual({ low: 0, likely: 0, high: 0.5 });
  });

  test("in several lies between the least and the most, and near what is likely", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 30_000 }),
        fc.integer({ min: 2, max: 50 }),
        itemBytes,
        (items, segments, bytes) => {
          const terms = scanTerms(bytes, false);
          const real = scanOf(fallen(items, segments), terms);
          const told = scanOfTable({ items, itemBytes: bytes, clustered: false }, segments, terms);
          for (const figure of ["requests", "readUnits"] as const) {
            const { low, likely, high } = told[figure];
            expect(real[figure]).toBeGreaterThanOrEqual(low);
            expect(real[figure]).toBeLessThanOrEqual(high);
            // Of each segment chance moves a page's bound by half a page, the rounding of its units by a quarter.
            const apart = Math.abs(real[figure] - likely);
            expect(apart).toBeLessThanOrEqual(
              4 * Math.sqrt(segments) * (figure === "requests" ? 0.5 : 0.25) + 1,
            );
          }
        },
      ),
    );
  });

  test("is exact in requests where no segment comes near a page's bound", () => {
    const terms = scanTerms(350, false);
    const { requests } = scanOfTable({ items: 20_000, itemBytes: 350, clustered: false }, 8, terms);
    expect(requests).toEqual({ low: 8, likely: 8, high: 8 });
  });

  test("whose items lie together by partition key holds for any way in which they fall", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 20_000 }), { minLength: 2, maxLength: 20 }),
        itemBytes,
        (counts, bytes) => {
          const terms = scanTerms(bytes, true);
          const items = counts.reduce((sum, count) => sum + count, 0);
          const real = scanOf(counts, terms);
          const told = scanOfTable({ items, itemBytes: bytes, clustered: true }, counts.length, terms);
          for (const figure of ["requests", "readUnits"] as const) {
            expect(real[figure]).toBeGreaterThanOrEqual(told[figure].low);
            expect(real[figure]).toBeLessThanOrEqual(told[figure].high);
          }
        },
      ),
    );
  });
});
