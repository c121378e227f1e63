import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beginRun, SETTLE } from "../test/helpers/begun-run.ts";
import { runDdbr } from "../test/helpers/cli.ts";
import { dynamoDbEndpoint } from "../test/helpers/dynamodb.ts";
import { driftingOrders, driftLines } from "../test/helpers/orders.ts";
import { startSmallPages } from "../test/helpers/small-pages.ts";
import { withPlace } from "../test/helpers/stores.ts";
import { ID_KEY, type TestTable, withTables } from "../test/helpers/table.ts";
import { FUNCTIONS, runnerDefinition } from "../test/lambda-deploy/runner-definition.ts";
import { type Bundle, unpackBundle } from "./helpers/bundle.ts";
import { createFunctionPool, type FunctionPool } from "./helpers/function-pool.ts";
import { stateVariables } from "./helpers/functions.ts";
import { type CallOutcome, startLambdaApi } from "./helpers/lambda-api.ts";
import { type Execution, startStepFunctions } from "./helpers/step-functions.ts";

const ITEMS = 20_000;
const SEGMENTS = 16;
const AT_ONCE = 4;
/** A segment has 1,250 items: to read them takes more than five seconds, and a call does so for two. */
const PAGES = { items: 50, pauseMs: 200 };
const TIMEOUT_MS = 12_000;
const MARGIN_SECONDS = 10;
const MINUTES_MS = 300_000;

let bundle: Bundle;
beforeAll(async () => {
  bundle = await unpackBundle();
});
afterAll(() => bundle.drop());

type Call = { segment: number | undefined; outcome: CallOutcome };

/** Runs `body` with a machine whose functions are those of the bundle, in Lambda's runtime. */
async function withRunner<T>(
  body: (runner: { run(state: string): Promise<Execution>; calls: Call[] }) => Promise<T>,
): Promise<T> {
  const variables = { ...stateVariables(), SegmentMargin: String(MARGIN_SECONDS) };
  const options = { node: "24" as const, root: bundle.root, variables };
  const pools: Record<string, FunctionPool> = {
    [FUNCTIONS.SegmentFunction]: createFunctionPool(
      { ...options, handler: "segment", timeoutMs: TIMEOUT_MS },
      AT_ONCE,
    ),
    [FUNCTIONS.CollectFunction]: createFunctionPool({ ...options, handler: "collect" }, 1),
  };
  const calls: Call[] = [];
  const api = await startLambdaApi(async (name, event) => {
    const outcome = await pools[name]!.invoke(event);
    calls.push({ segment: (event as { segment?: number }).segment, outcome });
    return outcome;
  });
  try {
    const steps = await startStepFunctions(api.port);
    try {
      const definition = await runnerDefinition();
      const segments = Array.from({ length: SEGMENTS }, (_, segment) => segment);
      const input = { segments, concurrency: AT_ONCE, toleratedFailurePercentage: 0 };
      return await body({ run: (state) => steps.run(definition, { ...input, state }), calls });
    } finally {
      await steps.stop();
    }
  } finally {
    await api.stop();
    await Promise.all(Object.values(pools).map((pool) => pool.stop()));
  }
}

async function reportOf(words: string[], env: Record<string, string> = {}): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), "ddbr-report-"));
  try {
    const file = join(folder, "report.ndjson");
    const { code, stderr } = await runDdbr([...words, "--report", file], { env, timeoutMs: 120_000 });
    expect({ code, stderr }).toMatchObject({ code: 1 });
    return (await readFile(file, "utf8")).trimEnd().split("\n").sort();
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function loadDrift(primary: TestTable, replica: TestTable): Promise<string[]> {
  const orders = driftingOrders(ITEMS, 500);
  await Promise.all([primary.load(orders.primary()), replica.load(orders.replica())]);
  return driftLines(orders.drift);
}

/** What the calls for a segment were answered. */
function answersOf(segment: number, calls: Call[]): unknown[] {
  return calls.flatMap((call) => {
    const { outcome } = call;
    if (call.segment !== segment || outcome === "throttled" || !("answer" in outcome)) return [];
    return [(outcome.answer as { status?: string }).status];
  });
}

test(
  "a state machine's functions find what one process finds, in many short calls",
  async () => {
    await withTables([ID_KEY, ID_KEY], async (primary, replica) => {
      const drift = await loadDrift(primary, replica);
      const pages = await startSmallPages(dynamoDbEndpoint(), PAGES);
      await withPlace(
        "s3",
        async (place) => {
          const state = await beginRun(place, {
            primary: `${pages.url}/${primary.name}`,
            replica: `${pages.url}/${replica.name}`,
            segments: SEGMENTS,
          });
          await withRunner(async ({ run, calls }) => {
            const execution = await run(state);
            expect(execution).toMatchObject({
              status: "SUCCEEDED",
              output: { command: "diff-tables", segments: SEGMENTS, outcome: "discrepancies", missing: [] },
            });
            for (let segment = 0; segment < SEGMENTS - 1; segment++) {
              const answers = answersOf(segment, calls);
              expect(answers.at(-1)).toBe("done");
              expect(answers.filter((answer) => answer === "done")).toHaveLength(1);
              expect(answers.filter((answer) => answer === "open").length).toBeGreaterThanOrEqual(2);
            }
            expect(answersOf(SEGMENTS - 1, calls)).toEqual(["done"]);
          });
          const collected = await reportOf(["collect", state, ...place.options()], place.env);
          const words = ["diff-tables", primary.location, replica.location, ...SETTLE];
          expect(collected).toEqual(await reportOf(words));
          const found = collected.map((line) => JSON.parse(line));
          expect(found.map(({ kind, key }) => `${kind} ${key.id.S}`).sort()).toEqual(drift);
        },
        { versioned: false },
      ).finally(pages.stop);
    });
  },
  MINUTES_MS,
);
