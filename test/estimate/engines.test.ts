import { describe, expect, test } from "bun:test";
import { type EngineEstimate, estimate } from "../../src/core/estimate/estimate.ts";
import { inputBytes } from "../../src/core/estimate/limits.ts";
import type { Question } from "../../src/core/estimate/question.ts";

const BILLION = 1_000_000_000;

function question(more: Partial<Question> = {}, items = BILLION, itemBytes = 350): Question {
  const table = { items, itemBytes, clustered: false };
  return {
    command: "diff-tables",
    table,
    replica: table,
    segments: undefined,
    concurrency: 4,
    workers: undefined,
    partitions: undefined,
    maxReadUnits: undefined,
    maxWriteUnits: undefined,
    consistent: false,
    drift: 0,
    create: false,
    onS3: true,
    storedRatio: 0.2,
    prices: { read: 0.125, write: 0.625 },
    latencies: { page: 100, object: 50, item: 10 },
    ...more,
  };
}

function engines(asked: Question): Record<EngineEstimate["engine"], EngineEstimate> {
  const told = estimate(asked).engines.map((engine) => [engine.engine, engine]);
  return Object.fromEntries(told) as Record<EngineEstimate["engine"], EngineEstimate>;
}

const bound = ({ bounds }: EngineEstimate, kind: string) => bounds.find((one) => one.kind === kind);
const limit = ({ limits }: EngineEstimate, name: string) => limits.find((one) => one.name === name);

describe("a billion items of 350 bytes", () => {
  const told = engines(question());

  test("are 43 million read units on each side, whatever does it, to one in a thousand", () => {
    for (const { parts, cost } of Object.values(told)) {
      for (const end of ["primary", "replica"]) {
        const scan = parts.find((part) => part.end === end)!;
        expect(scan.readUnits.likely / ((BILLION * 350) / 8192)).toBeCloseTo(1, 2);
        expect(scan.readUnits.high - scan.readUnits.low).toBeLessThan(scan.readUnits.low / 1000);
      }
      expect(cost.units).toBeCloseTo(2 * ((BILLION * 350) / 8192) * 0.125e-6, 0);
    }
  });

  test("take one machine its processor's time", () => {
    const [longest] = told["one-machine"].bounds;
    expect(longest!.kind).toBe("cpu");
    expect(told["one-machine"].seconds).toBeGreaterThanOrEqual(longest!.seconds);
    expect(told["one-machine"].workers).toBe(1);
  });

  test("take many what the tables' quota allows: more would wait for it", () => {
    for (const name of ["batch", "step-functions"] as const) {
      const { workers, seconds } = told[name];
      const units = bound(told[name], "read-units")!;
      expect(units.allowed).toEqual({ rate: 40_000, by: "quota" });
      expect(workers).toBeGreaterThan(10);
      expect(seconds).toBeGreaterThanOrEqual(units.seconds);
      const more = engines(question({ workers: workers * 2 }))[name];
      expect(bound(more, "read-units")!.seconds).toBe(units.seconds);
      expect(more.cost.engine).toBeGreaterThan(told[name].cost.engine);
    }
  });
});

describe("what bounds a run", () => {
  test("a limit of its own, where that is least", () => {
    const { "step-functions": told } = engines(question({ maxReadUnits: 1000 }));
    expect(told.bounds[0]).toMatchObject({ kind: "read-units", allowed: { rate: 1000, by: "limit" } });
    expect(told.seconds).toBeGreaterThan((BILLION * 350) / 8192 / 1000);
  });

  test("a limit above the quota, which then is higher, as far as there are partitions", () => {
    const asked = question({ maxReadUnits: 90_000 });
    expect(bound(engines(asked).batch, "read-units")!.allowed).toEqual({ rate: 90_000, by: "limit" });
    const few = engines({ ...asked, partitions: 20 }).batch;
    expect(bound(few, "read-units")!.allowed).toEqual({ rate: 60_000, by: "partitions" });
  });

  test("the table's partitions, where it has few", () => {
    const small = engines(question({}, 1_000_000));
    expect(bound(small.batch, "read-units")!.allowed).toEqual({ rate: 12_000, by: "partitions" });
    const one = engines(question({ partitions: 1, consistent: true }, 1_000_000));
    expect(bound(one.batch, "read-units")!.allowed).toEqual({ rate: 3000, by: "partitions" });
    expect(estimate(question({}, 1_000_000)).partitions).toBe(4);
    expect(estimate(question({}, BILLION, 10_000)).partitions).toBe(932);
  });

  test("writes by what a partition takes of them", () => {
    const told = engines(question({ command: "restore-table", drift: 1 }, 1_000_000))["step-functions"];
    const writing = bound(told, "write-units")!;
    expect(writing.allowed).toEqual({ rate: 4000, by: "partitions" });
    expect(writing.seconds).toBe(250);
  });

  test("requests to S3 under one prefix, where each item is one", () => {
    const told = engines(question({ command: "incremental-diff" }));
    const reading = bound(told["step-functions"], "s3-reads")!;
    expect(reading.allowed).toEqual({ rate: 5500, by: "prefix" });
    expect(reading.seconds).toBeCloseTo(BILLION / 5500, 3);
    // A GET for each, and a million pages of names.
    expect(told["one-machine"].cost.requests).toBeCloseTo(400 + 5, 1);
  });

  test("a page that takes longer, where nothing else does", () => {
    const [fast, slow] = [10, 1000].map((page) =>
      engines(question({ latencies: { page, object: 50, item: 10 } })),
    );
    expect(slow!["one-machine"].bounds[0]!.kind).toBe("answers");
    expect(slow!["one-machine"].seconds).toBeGreaterThan(fast!["one-machine"].seconds);
  });
});

describe("what an engine allows", () => {
  test("an array has 10,000 jobs, which share the segments", () => {
    const { batch } = engines(question({ workers: 10_000, segments: 20_000 }));
    expect(batch).toMatchObject({ workers: 10_000, lanes: 20_000, segments: 20_000 });
    expect(limit(batch, "array")).toEqual({ name: "array", used: 10_000, allowed: 10_000 });
    expect(bound(batch, "begun")!.seconds).toBe(60 + 10_000 / 20);
  });

  test("Lambda calls a segment again before its time is up, seven events each", () => {
    const { "step-functions": told } = engines(question({ segments: 2, workers: 2 }));
    const events = limit(told, "events")!;
    const calls = Math.ceil(told.seconds / 840);
    expect(calls).toBeGreaterThan(2);
    expect(events).toEqual({ name: "events", used: calls * 7 + 4, allowed: 25_000 });
    expect(limit(told, "concurrency")).toEqual({ name: "concurrency", used: 2, allowed: 1000 });
  });

  test("an execution's input holds the list of segments", () => {
    for (const segments of [1, 9, 10, 11, 99, 100, 101, 12_345]) {
      const list = JSON.stringify(Array.from({ length: segments }, (_, segment) => segment));
      expect(inputBytes(segments) - 200).toBe(list.length);
    }
    const most = [40_000, 50_000].map((segments) =>
      limit(engines(question({ segments }))["step-functions"], "input"),
    );
    expect(most.map((input) => input!.used <= input!.allowed)).toEqual([true, false]);
  });

  test("no more functions than an account has, nor than there are segments", () => {
    expect(engines(question({ workers: 5000 }))["step-functions"].workers).toBe(1000);
    expect(engines(question({ workers: 5000, segments: 7 }))["step-functions"].workers).toBe(7);
  });
});
