import { expect, test } from "bun:test";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { createDice, type Dice } from "../../src/core/demo/dice.ts";
import type { FaultRule } from "../helpers/fault-proxy.ts";
import { byId } from "./helpers/changes.ts";
import { startCountingProxy, WRITES } from "./helpers/counting-proxy.ts";
import { allWritten, plannedItems, plannedUnits, runPlan } from "./helpers/run-plan.ts";
import { SCENARIOS, type Scenario, withScenario } from "./helpers/scenarios.ts";

const SECONDS = 1_000;
const PLANNED = SCENARIOS.filter((kind) => kind !== "diff-tables --repair");
const ALL = [...WRITES, "DescribeTable", "Scan", "BatchGetItem"];

const RULES: FaultRule[] = [
  { fault: { kind: "throttle" }, rate: 0.05 },
  { fault: { kind: "server-error" }, rate: 0.03 },
  { fault: { kind: "reset-before" }, rate: 0.03 },
  { fault: { kind: "reset-after" }, rate: 0.05 },
  { fault: { kind: "truncate" }, rate: 0.03 },
  { fault: { kind: "unprocessed", share: 0.5 }, rate: 0.3 },
];

const stateOf = async ({ table }: Scenario) => byId(await table.items());

/** Sets a restore up that goes through a faulty proxy. */
async function throughFaults(scenario: Scenario, rules: FaultRule[], seed: number) {
  const counting = await startCountingProxy(rules, seed);
  const undoFile = scenario.path("undo.ndjson");
  const words = scenario.words(`${counting.proxy.url}/${scenario.table.name}`);
  return { counting, undoFile, words: [...words, "--undo-file", undoFile] };
}

test.each(PLANNED)(
  "%s against every fault: done, each record written once, at exactly the write units planned",
  (kind) =>
    withScenario(kind, 31, async (scenario) => {
      const { counting, words } = await throughFaults(scenario, RULES, 31);
      const { code, output, summary } = await runPlan(words);
      expect(code, output).toBe(0);
      expect(await stateOf(scenario)).toEqual(scenario.after);
      expect(allWritten(summary!)).toEqual(plannedItems(summary!.plan!));
      // A write whose answer was lost is tried again on its condition, which then is refused: that is no second write.
      expect(counting.writeUnits).toBe(plannedUnits(summary!.plan!));
      const { throttle, "reset-after": lost, "reset-before": reset } = counting.proxy.stats.faults;
      for (const count of [throttle, lost, reset]) expect(count).toBeGreaterThan(0);
      await counting.proxy.stop();
    }),
  120 * SECONDS,
);

/** Whether the plan was written down wholly, which is before the first write. */
const isPlanned = (undoFile: string) =>
  existsSync(undoFile) && readFileSync(undoFile, "utf8").includes('\n{"planned":');

/** After how many requests of which kinds a run is killed. */
function killAt(runs: number, killsWriting: number, dice: Dice): [requests: number, readonly string[]] {
  // The second request reads, and so comes before there is a plan.
  if (runs === 0) return [2, ALL];
  if (runs < 4) return [dice.between(1, 8), ALL];
  return killsWriting === 0 ? [dice.between(1, 20), WRITES] : [dice.between(1, 80), ALL];
}

test.each(PLANNED)(
  "%s killed at any moment, from its first request on: nothing half done, nothing done twice",
  (kind) =>
    withScenario(kind, 32, async (scenario) => {
      const { counting, undoFile, words } = await throughFaults(scenario, [], 32);
      const dice = createDice(32);
      const before = await stateOf(scenario);
      const kills = { planning: 0, writing: 0 };
      for (let runs = 0; ; runs++) {
        const mayGoOn = isPlanned(undoFile);
        const [requests, operations] = killAt(runs, kills.writing, dice);
        const run = await runPlan(mayGoOn ? [...words, "--resume"] : words, {
          started: (kill) => counting.killAfter(requests, kill, operations),
        });
        if (run.code === 0) {
          expect(allWritten(run.summary!)).toEqual(plannedItems(run.summary!.plan!));
          expect(counting.writeUnits).toBe(plannedUnits(run.summary!.plan!));
          break;
        }
        expect(run.code, run.output).toBeUndefined();
        await counting.idle();
        const now = await stateOf(scenario);
        const either = [before, scenario.after];
        const half = [...new Set([...now.keys(), ...either.flatMap((state) => [...state.keys()])])].filter(
          (id) => !either.some((state) => Bun.deepEquals(state.get(id), now.get(id))),
        );
        expect(half).toEqual([]);
        if (isPlanned(undoFile)) {
          kills.writing++;
          continue;
        }
        kills.planning++;
        expect(now).toEqual(before);
        const resumed = await runPlan([...words, "--resume"]);
        expect(resumed.code, resumed.output).toBe(2);
        expect(await stateOf(scenario)).toEqual(before);
        rmSync(undoFile, { force: true });
      }
      expect(kills.planning).toBeGreaterThan(0);
      expect(kills.writing).toBeGreaterThan(0);
      expect(await stateOf(scenario)).toEqual(scenario.after);
      await counting.proxy.stop();
    }),
  120 * SECONDS,
);

test.each(["SIGINT", "SIGTERM"] as const)(
  "%s lets the writes under way end, and a later run goes on",
  (signal) =>
    withScenario("restore-table --mode replace", 33, async (scenario) => {
      const { counting, words } = await throughFaults(scenario, [], 33);
      const stopped = await runPlan(words, { started: (kill) => counting.after(50, () => kill(signal)) });
      expect(stopped.code, stopped.output).toBe(130);
      const { summary } = stopped;
      expect(summary!.outcome).toBe("interrupted");
      const done = Object.values(summary!.totals.written).reduce((sum, count) => sum + count);
      expect(done).toBe(counting.writes);
      expect(await stateOf(scenario)).not.toEqual(scenario.after);
      const resumed = await runPlan([...words, "--resume"]);
      expect(resumed.code, resumed.output).toBe(0);
      expect(allWritten(resumed.summary!)).toEqual(plannedItems(summary!.plan!));
      expect(counting.writeUnits).toBe(plannedUnits(summary!.plan!));
      expect(await stateOf(scenario)).toEqual(scenario.after);
      await counting.proxy.stop();
    }),
  120 * SECONDS,
);

test.each([
  ["a right that is missing", { kind: "access-denied" }, 40, /not allowed to PutItem/],
  ["throttling without end", { kind: "throttle" }, 40, /throttled/],
] as const)(
  "%s stops the run with one clear line, and a later one goes on",
  (_, fault, from, message) =>
    withScenario("restore-table --mode replace", 34, async (scenario) => {
      const later = Array.from({ length: 1_000 }, (_value, at) => from + at);
      const rules: FaultRule[] = [{ fault, nth: later, operations: ["PutItem"] }];
      const { counting, words } = await throughFaults(scenario, rules, 34);
      const failed = await runPlan([...words, "--patience", "1"]);
      expect(failed.code, failed.output).toBe(2);
      expect(failed.summary!.outcome).toBe("incomplete");
      expect(failed.summary!.failure).toMatch(message);
      expect(failed.summary!.failure).not.toContain("\n");
      counting.proxy.setRules([]);
      const resumed = await runPlan([...words, "--resume"]);
      expect(resumed.code, resumed.output).toBe(0);
      expect(allWritten(resumed.summary!)).toEqual(plannedItems(failed.summary!.plan!));
      expect(await stateOf(scenario)).toEqual(scenario.after);
      await counting.proxy.stop();
    }),
  120 * SECONDS,
);

test(
  "a record that the service refuses is named, and all others are restored",
  () =>
    withScenario("restore-table --mode replace", 35, async (scenario) => {
      const rules: FaultRule[] = [
        { fault: { kind: "refuse", code: "ValidationException" }, nth: [5, 50], operations: ["PutItem"] },
      ];
      const { counting, words } = await throughFaults(scenario, rules, 35);
      const before = await stateOf(scenario);
      const run = await runPlan(words);
      expect(run.code, run.output).toBe(2);
      const refused = run.events.flatMap(({ event, key }) =>
        event === "undone" ? [(key as { id: { S: string } }).id.S] : [],
      );
      expect(refused.length).toBe(2);
      expect(run.summary!.totals.undone).toBe(2);
      const expected = new Map(scenario.after);
      for (const id of refused) {
        const image = before.get(id);
        if (image === undefined) expected.delete(id);
        else expected.set(id, image);
      }
      expect(await stateOf(scenario)).toEqual(new Map([...expected].sort(([a], [b]) => (a < b ? -1 : 1))));
      await counting.proxy.stop();
    }),
  120 * SECONDS,
);
