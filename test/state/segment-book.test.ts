import { expect, test } from "bun:test";
import { SegmentBook } from "../../src/core/state/segment-book.ts";
import { takeSegment } from "../../src/core/state/take-segment.ts";
import { failureOf } from "../store/contract/subject.ts";
import { LEASE_MS, line, MARGIN_MS, START, taken, withHands } from "./hands.ts";

const YEAR_MS = 365 * 24 * 60 * 60_000;

test("tells which segments are free, held and done", () =>
  withHands("directory", async ({ place, hands }) => {
    const book = new SegmentBook(place, hands.terms("observer"));
    const [, second, third] = [
      await taken(place, hands.terms("a"), 10),
      await taken(place, hands.terms("b"), 11),
      await taken(place, hands.terms("c"), 12),
    ];
    await second!.release();
    await third!.done({ totals: 3, parts: [await third!.putPart("ndjson", line("x"))] });
    const statuses = async () => (await book.look([9, 10, 11, 12])).map(({ status }) => status);
    expect(await statuses()).toEqual(["free", "held", "free", "done"]);
    expect((await book.untaken([9, 10, 11, 12])).map(({ segment }) => segment)).toEqual([9]);
    const [held] = await book.look([10]);
    expect(held).toMatchObject({
      freeAt: START + LEASE_MS + MARGIN_MS,
      newest: { number: 1, record: { worker: "a" } },
    });
    hands.at += LEASE_MS + MARGIN_MS;
    expect(await statuses()).toEqual(["free", "free", "free", "done"]);
  }));

test("a holder whose clock is a year ahead is waited for no longer than others, once it is silent", () =>
  withHands("directory", async ({ place, hands }) => {
    const own = hands.terms("observer");
    const book = new SegmentBook(place, own);
    const ahead = await taken(place, hands.terms("ahead", YEAR_MS));
    const look = async () => (await book.look([0]))[0]!;
    expect(await look()).toMatchObject({ status: "held", freeAt: START + LEASE_MS + MARGIN_MS });
    hands.at += LEASE_MS / 2;
    await ahead.renew();
    expect(await look()).toMatchObject({ status: "held", freeAt: START + 1.5 * LEASE_MS + MARGIN_MS });
    hands.at += LEASE_MS + MARGIN_MS;
    const state = await look();
    expect(state).toMatchObject({ status: "free", newest: { number: 2 } });
    expect(await takeSegment(place, 0, own)).toBeUndefined();
    expect(await takeSegment(place, 0, own, { abandoned: 1 })).toBeUndefined();
    expect((await takeSegment(place, 0, own, { abandoned: 2 }))?.record.epoch).toBe(2);
    expect(await look()).toMatchObject({ status: "held", newest: { number: 3 } });
  }));

test("a record that is none is told with its place", () =>
  withHands("directory", async ({ place, outside, hands }) => {
    const good = { worker: "w", lease: "l", epoch: 1, until: "2026-01-01T00:00:00Z", leaseMs: 1 };
    const rest = { status: "open", checkpoint: null, totals: null, parts: ["1-1.ndjson"] };
    const texts = [
      "{",
      "[]",
      ...[{ parts: ["../../x"] }, { parts: {} }, { status: "x" }, { until: "x" }, { totals: undefined }].map(
        (wrong) => JSON.stringify({ ...good, ...rest, ...wrong }),
      ),
    ];
    for (const text of texts) {
      await outside.put("segments/0/00000004.json", text);
      expect(await failureOf(() => takeSegment(place, 0, hands.terms("w"))), text).toMatchObject({
        code: "damaged",
        subject: `${place.location.text}/segments/0/00000004.json`,
      });
    }
    await outside.put("segments/0/00000004.json", JSON.stringify({ ...good, ...rest }));
    await outside.put("segments/0/readme.txt", "of no interest");
    expect((await takeSegment(place, 0, hands.terms("w")))?.record).toMatchObject({ epoch: 2 });
  }));
