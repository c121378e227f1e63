import { expect, test } from "bun:test";
import { DeleteTableCommand } from "@aws-sdk/client-dynamodb";
import { createDice } from "../../src/core/demo/dice.ts";
import type { WireItem } from "../../src/core/item/attribute-value.ts";
import { dynamoDbClient, dynamoDbEndpoint } from "../helpers/dynamodb.ts";
import { uniqueName } from "../helpers/environment.ts";
import type { TestTable } from "../helpers/table.ts";
import { readItems } from "../helpers/table-items.ts";
import { byId } from "./helpers/changes.ts";
import { type CountingProxy, startCountingProxy } from "./helpers/counting-proxy.ts";
import { type PlanRun, runPlan } from "./helpers/run-plan.ts";
import { SCENARIOS, withScenario } from "./helpers/scenarios.ts";

const SECONDS = 1_000;

type State = Map<string, WireItem>;

const stateOf = async (table: TestTable): Promise<State> => byId(await table.items());

function expectDone(run: PlanRun): void {
  expect(run.code, run.output).toBe(0);
}

/** How many records are not the same. */
function difference(one: State, other: State): number {
  const all = new Set([...one.keys(), ...other.keys()]);
  return [...all].filter((id) => !Bun.deepEquals(one.get(id), other.get(id))).length;
}

test.each(SCENARIOS)(
  "undo of %s gives back every record as it was, and undo of that every record as it became",
  (kind) =>
    withScenario(kind, 11, async ({ table, words, after, path }) => {
      const before = await stateOf(table);
      expect(difference(before, after)).toBeGreaterThan(50);
      expectDone(await runPlan([...words(table.location), "--undo-file", path("1.ndjson")]));
      expect(await stateOf(table)).toEqual(after);
      expectDone(await runPlan(["undo", path("1.ndjson"), "--undo-file", path("2.ndjson")]));
      expect(await stateOf(table)).toEqual(before);
      expectDone(await runPlan(["undo", path("2.ndjson"), "--undo-file", path("3.ndjson")]));
      expect(await stateOf(table)).toEqual(after);
      expectDone(await runPlan(["undo", path("3.ndjson"), "--undo-file", path("4.ndjson")]));
      expect(await stateOf(table)).toEqual(before);
    }),
  120 * SECONDS,
);

/** Runs a command through a proxy, and kills it when it has sent so many writes; resolves when the server has dealt with all of them. */
async function killedAfter(counting: CountingProxy, writes: number, words: string[]): Promise<void> {
  const { code, output } = await runPlan(words, { started: (kill) => counting.killAfter(writes, kill) });
  expect(code, output).toBeUndefined();
  await counting.idle();
}

test.each(SCENARIOS)(
  "%s, killed in the middle, and undo, killed as well, are undone exactly",
  (kind) =>
    withScenario(kind, 12, async ({ table, words, after, path }) => {
      const counting = await startCountingProxy([]);
      const dice = createDice(12);
      const location = `${counting.proxy.url}/${table.name}`;
      const undo = (from: string, to: string, ...more: string[]) => [
        ...["undo", path(from), "--table", location, "--undo-file", path(to), ...more],
      ];
      const before = await stateOf(table);
      const most = difference(before, after);

      await killedAfter(counting, dice.between(20, most - 20), [
        ...[...words(location), "--undo-file", path("1.ndjson")],
      ]);
      const partly = await stateOf(table);
      expect(difference(partly, before)).toBeGreaterThan(0);
      expect(difference(partly, after)).toBeGreaterThan(0);
      expectDone(await runPlan(undo("1.ndjson", "2.ndjson")));
      expect(await stateOf(table)).toEqual(before);
      // Back to where it was killed.
      expectDone(await runPlan(undo("2.ndjson", "3.ndjson")));
      expect(await stateOf(table)).toEqual(partly);

      const left = difference(partly, before);
      await killedAfter(counting, dice.between(1, left - 1), undo("3.ndjson", "4.ndjson"));
      expect(difference(await stateOf(table), before)).toBeGreaterThan(0);
      expectDone(await runPlan(undo("4.ndjson", "5.ndjson")));
      expect(await stateOf(table)).toEqual(partly);

      await killedAfter(counting, dice.between(1, left - 1), undo("1.ndjson", "6.ndjson"));
      expectDone(await runPlan(undo("1.ndjson", "6.ndjson", "--resume")));
      expect(await stateOf(table)).toEqual(before);
      await counting.proxy.stop();
    }),
  120 * SECONDS,
);

test(
  "undo of restore-table --create leaves the table that it made without items, and undo of that fills it again",
  () =>
    withScenario("restore-table --mode merge", 13, async ({ table, path }) => {
      const client = dynamoDbClient();
      const TableName = uniqueName("t");
      const location = `${dynamoDbEndpoint()}/${TableName}`;
      const stateNow = async () => byId(await readItems(client, TableName));
      const create = ["restore-table", path("backup.ndjson"), location, "--create", "--like", table.location];
      expectDone(await runPlan([...create, "--undo-file", path("1.ndjson")]));
      const made = await stateNow();
      expect(made.size).toBeGreaterThan(100);
      expectDone(await runPlan(["undo", path("1.ndjson"), "--undo-file", path("2.ndjson")]));
      expect((await stateNow()).size).toBe(0);
      expectDone(await runPlan(["undo", path("2.ndjson"), "--undo-file", path("3.ndjson")]));
      expect(await stateNow()).toEqual(made);
      await client.send(new DeleteTableCommand({ TableName }));
      client.destroy();
    }),
  120 * SECONDS,
);
