import { describe, expect, test } from "bun:test";
import { DdbrError, type ErrorCode } from "../../src/core/errors.ts";
import { openStatePlace } from "../../src/core/state/state-place.ts";
import { takeSegment } from "../../src/core/state/take-segment.ts";
import { parseStoreLocation } from "../../src/core/store/store-location.ts";
import { createCollect } from "../../src/lambda/collect.ts";
import { failRun } from "../../src/lambda/run-event.ts";
import { createSegment } from "../../src/lambda/segment.ts";
import { openTelemetry } from "../../src/lambda/telemetry.ts";
import { beginRun } from "../helpers/begun-run.ts";
import { dynamoDbEndpoint } from "../helpers/dynamodb.ts";
import { startFaultProxy } from "../helpers/fault-proxy.ts";
import { order } from "../helpers/orders.ts";
import { startSmallPages } from "../helpers/small-pages.ts";
import { withPlace } from "../helpers/stores.ts";
import { ID_KEY, withTables } from "../helpers/table.ts";
import { contextWith, failureOf, MINUTE } from "./functions.ts";

/** Runs `body` with the state of a comparison whose last segment is done; the tables are reached by `endpoint`. */
async function withRun(
  { items = 50, endpoint = dynamoDbEndpoint(), segments = 2 },
  body: (state: string) => Promise<void>,
): Promise<void> {
  await withTables([ID_KEY, ID_KEY], (primary, replica) =>
    withPlace("directory", async (place) => {
      const orders = Array.from({ length: items }, (_, number) => order(`order-${number}`));
      await primary.load(orders);
      await replica.load(orders.slice(1));
      const at = (name: string) => `${endpoint}/${name}`;
      const tables = { primary: at(primary.name), replica: at(replica.name) };
      await body(await beginRun(place, { ...tables, segments }));
    }),
  );
}

const segment = createSegment({});
const collect = createCollect({});

/** The error's name decides whether the state machine tries again. */
async function nameOf(work: Promise<unknown>): Promise<string> {
  return await work.then(
    () => "no error",
    (error: Error) => error.name,
  );
}

test("a segment is done once, and told of as often as it is asked for", async () => {
  await withRun({}, async (state) => {
    for (const _time of [1, 2]) {
      expect(await segment({ state, segment: 0 }, contextWith())).toEqual({ segment: 0, status: "done" });
    }
    expect(await collect({ state }, contextWith())).toMatchObject({
      command: "diff-tables",
      outcome: "discrepancies",
      problem: "",
      missing: [],
      missingCount: 0,
    });
  });
});

test(
  "a segment that takes longer than a call is gone on with by the next",
  async () => {
    const pages = await startSmallPages(dynamoDbEndpoint(), { items: 50, pauseMs: 400 });
    await withRun({ items: 1000, endpoint: pages.url }, async (state) => {
      const answers: string[] = [];
      while (answers.at(-1) !== "done") {
        answers.push((await segment({ state, segment: 0 }, contextWith(4_500))).status);
      }
      expect(answers.length).toBeGreaterThan(1);
      expect(new Set(answers.slice(0, -1))).toEqual(new Set(["open"]));
      expect(await collect({ state }, contextWith())).toMatchObject({
        totals: { primary: { items: 1000 }, replica: { items: 999 }, discrepancies: { missing: 1 } },
      });
    }).finally(pages.stop);
  },
  MINUTE,
);

test("a segment that another worker holds is left to it, until its lease is over", async () => {
  await withRun({}, async (state) => {
    const place = await openStatePlace(parseStoreLocation(state));
    const lease = await takeSegment(place, 0, { worker: "other", leaseMs: 20_000 });
    const answer = await segment({ state, segment: 0 }, contextWith());
    expect(answer).toMatchObject({ segment: 0, status: "held" });
    // The lease, and by how much clocks may differ.
    expect(answer.waitSeconds).toBeGreaterThan(20);
    expect(answer.waitSeconds).toBeLessThanOrEqual(31);
    await lease!.release();
    expect(await segment({ state, segment: 0 }, contextWith())).toMatchObject({ status: "done" });
    place.close();
  });
});

describe("what cannot be done", () => {
  test("is refused at once when it does not pass by itself", async () => {
    await withRun({}, async (state) => {
      const none = `${state}-of-another`;
      for (const [event, says] of [
        [{ state: none, segment: 0 }, /no run has begun/],
        [{ state, segment: 2 }, /no segment 2: the last is 1/],
        [{ state, segment: -1 }, /names no segment/],
        [{ state, segment: "0" }, /names no segment/],
        [{ segment: 0 }, /names no state/],
        [null, /names no state/],
      ] as const) {
        expect(await failureOf(segment(event, contextWith()))).toMatch(says);
        expect(await nameOf(segment(event, contextWith()))).toBe("Refused");
      }
      expect(await failureOf(collect({ state: none }, contextWith()))).toMatch(/no run has begun/);
    });
  });

  test("is worth trying again when it may pass, and the segment is free for that", async () => {
    const proxy = await startFaultProxy({ target: dynamoDbEndpoint() });
    await withRun({ endpoint: proxy.url }, async (state) => {
      const rules = [
        { operations: ["Scan"], nth: [1, 2, 3, 4], fault: { kind: "delay", ms: 5_000 } as const },
      ];
      proxy.setRules(rules);
      const late = segment({ state, segment: 0 }, contextWith(1_000));
      expect(await nameOf(late)).toBe("Error");
      expect(await failureOf(late)).toMatch(/nothing was done and saved before the function's time-out/);
      proxy.setRules([]);
      expect(await segment({ state, segment: 0 }, contextWith())).toMatchObject({ status: "done" });
    }).finally(proxy.stop);
  });

  test("is told by its code: what is spent does not come back, what is throttled may be taken", () => {
    const nameFor = (code: ErrorCode) =>
      failRun(openTelemetry("segment"), "segment failed", {}, new DdbrError(code, "so it is")).name;
    expect((["interrupted", "permission", "no-such-table", "damaged"] as const).map(nameFor)).toEqual(
      Array(4).fill("Refused"),
    );
    expect((["throttled", "connection", "service"] as const).map(nameFor)).toEqual(Array(3).fill("Error"));
  });
});
