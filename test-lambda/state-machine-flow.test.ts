import { afterAll, beforeAll, expect, test } from "bun:test";
import { FUNCTIONS, runnerDefinition } from "../test/lambda-deploy/runner-definition.ts";
import { type CallOutcome, type LambdaApi, startLambdaApi } from "./helpers/lambda-api.ts";
import { type Execution, type StepFunctions, startStepFunctions } from "./helpers/step-functions.ts";

const STATE = "s3://state/runs/check";

/** Stands in for the functions. @param nth of the segment's calls, from 1 on */
type StandIn = {
  segment(segment: number, nth: number): CallOutcome | Promise<CallOutcome>;
  collect?(nth: number): CallOutcome;
};

let standIn: StandIn;
/** The segment of each call of the function, in order; -1: collected. */
let calls: number[];
let api: LambdaApi;
let steps: StepFunctions;

async function invoke(name: string, event: unknown): Promise<CallOutcome> {
  const { segment = -1, ...rest } = event as { segment?: number };
  expect(rest).toEqual({ state: STATE } as object);
  calls.push(segment);
  const nth = calls.filter((one) => one === segment).length;
  if (name === FUNCTIONS.SegmentFunction) return standIn.segment(segment, nth);
  expect(name).toBe(FUNCTIONS.CollectFunction);
  return standIn.collect?.(nth) ?? { answer: { outcome: "clean", problem: "" } };
}

beforeAll(async () => {
  api = await startLambdaApi(invoke);
  steps = await startStepFunctions(api.port);
}, 60_000);
afterAll(async () => {
  await steps?.stop();
  await api?.stop();
});

const status = (status: string, waitSeconds?: number): CallOutcome => ({
  answer: { segment: 0, status, ...(waitSeconds !== undefined && { waitSeconds }) },
});
const failure = (errorType: string): CallOutcome => ({ error: { errorType, errorMessage: "it is so" } });

type Definition = {
  States: { Segments: { ItemSelector: { pauses: number[] } } };
};

/** The template's machine, which does not wait as long after a failure as there. */
async function run(segments: number | object, does: StandIn, { concurrency = 4 } = {}): Promise<Execution> {
  standIn = does;
  calls = [];
  const definition = (await runnerDefinition()) as Definition;
  const { ItemSelector } = definition.States.Segments;
  ItemSelector.pauses = ItemSelector.pauses.map(() => 2);
  return steps.run(definition, {
    state: STATE,
    segments:
      typeof segments === "number" ? Array.from({ length: segments }, (_, segment) => segment) : segments,
    concurrency,
    toleratedFailurePercentage: 100,
  });
}

const callsOf = (segment: number) => calls.filter((one) => one === segment).length;

test("each segment is called until it is done, and then all is collected", async () => {
  const summary = { outcome: "discrepancies", problem: "", totals: { items: 12 } };
  const execution = await run(12, {
    segment: (segment, nth) => (nth <= segment ? status("open") : status("done")),
    collect: () => ({ answer: summary }),
  });
  expect(execution).toMatchObject({ status: "SUCCEEDED", output: summary });
  for (let segment = 0; segment < 12; segment++) expect(callsOf(segment)).toBe(segment + 1);
  expect(calls.at(-1)).toBe(-1);
  expect(callsOf(-1)).toBe(1);
});

test("no more are called at the same time than is said", async () => {
  let running = 0;
  let most = 0;
  const execution = await run(
    20,
    {
      async segment() {
        most = Math.max(most, ++running);
        await Bun.sleep(300);
        running--;
        return status("done");
      },
    },
    { concurrency: 3 },
  );
  expect(execution.status).toBe("SUCCEEDED");
  expect(most).toBe(3);
});

test("a segment that another worker holds is waited for", async () => {
  const began: number[] = [];
  const execution = await run(1, {
    segment(_, nth) {
      began.push(performance.now());
      return nth === 1 ? status("held", 2) : status("done");
    },
  });
  expect(execution.status).toBe("SUCCEEDED");
  expect(began[1]! - began[0]!).toBeGreaterThanOrEqual(1_900);
});

test("what Lambda refuses in passing, and what fails, is tried again", async () => {
  const execution = await run(3, {
    segment(segment, nth) {
      if (nth > 2) return status("done");
      return ["throttled" as const, failure("Sandbox.Timedout"), failure("Error")][segment]!;
    },
    collect: (nth) => (nth === 1 ? "throttled" : { answer: { outcome: "clean", problem: "" } }),
  });
  expect(execution).toMatchObject({ status: "SUCCEEDED", output: { outcome: "clean" } });
  for (const segment of [0, 1, 2]) expect(callsOf(segment)).toBe(3);
});

test("what cannot be done is given up, the rest is done and collected, and the execution fails with what is missing", async () => {
  const problem = "2 of 8 segments are not done: 3, 5";
  const execution = await run(8, {
    segment: (segment) =>
      segment === 3 ? failure("Refused") : segment === 5 ? failure("Error") : status("done"),
    collect: () => ({ answer: { outcome: "incomplete", problem, missing: [3, 5], missingCount: 2 } }),
  });
  expect(execution).toMatchObject({ status: "FAILED", error: "Incomplete" });
  expect(execution.cause).toContain(problem);
  expect(callsOf(3)).toBe(1);
  // Failures are counted however often it got on meanwhile.
  expect(callsOf(5)).toBe(5);
  expect(calls.at(-1)).toBe(-1);
});

test("a function that answers something else ends its segment", async () => {
  const execution = await run(2, {
    segment: (segment) => (segment === 1 ? status("finished") : status("done")),
    collect: () => ({ answer: { outcome: "incomplete", problem: "1 of 2 segments is not done: 1" } }),
  });
  expect(execution).toMatchObject({ status: "FAILED", error: "Incomplete" });
  expect(callsOf(1)).toBe(1);
});

test("where the map itself fails, what there is is collected, and the reason is told with what is missing", async () => {
  const problem = "9 of 9 segments are not done: 0 to 8";
  const execution = await run(
    { from: 0, to: 8 },
    {
      segment: () => status("done"),
      collect: () => ({ answer: { outcome: "incomplete", problem } }),
    },
  );
  expect(execution).toMatchObject({ status: "FAILED", error: "Incomplete" });
  expect(execution.cause).toContain(`${problem} (States.`);
  expect(calls).toEqual([-1]);
});

test("a run that cannot be collected fails with the reason", async () => {
  const execution = await run(1, { segment: () => status("done"), collect: () => failure("Refused") });
  expect(execution).toMatchObject({ status: "FAILED", error: "Refused" });
  expect(execution.cause).toContain("it is so");
  expect(callsOf(-1)).toBe(1);
});
