import { expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { dirname } from "node:path";
import { DeleteTableCommand } from "@aws-sdk/client-dynamodb";
import { dynamoDbEndpoint } from "../helpers/dynamodb.ts";
import { uniqueName } from "../helpers/environment.ts";
import { type FaultProxy, startFaultProxy } from "../helpers/fault-proxy.ts";
import { byId } from "./helpers/changes.ts";
import { runPlan } from "./helpers/run-plan.ts";
import { SCENARIOS, type Scenario, withScenario } from "./helpers/scenarios.ts";

const SECONDS = 1_000;

/** Whatever else a server is asked for changes something. */
const READS = [
  ...["BatchGetItem", "DescribeTable", "DescribeTimeToLive", "GetItem", "ListTagsOfResource", "Query"],
  "Scan",
];

const writes = ({ stats }: FaultProxy) =>
  Object.keys(stats.calls).filter((operation) => !READS.includes(operation));

/**
 * Runs a command as a dry run, and then in earnest, both through a proxy that sees what the server is asked for.
 * @param words the command, on a table at this location
 */
async function dryThenReal(scenario: Scenario, words: (server: string) => string[]): Promise<void> {
  const { table } = scenario;
  const proxy = await startFaultProxy({ target: dynamoDbEndpoint() });
  const cwd = dirname(scenario.path("x"));
  const files = () => readdirSync(cwd, { recursive: true }).sort();
  const before = { items: byId(await table.items()), files: files() };

  const dry = await runPlan([...words(proxy.url), "--dry-run"], { cwd });
  expect(dry.code, dry.output).toBe(0);
  expect(dry.summary).toMatchObject({ outcome: "planned", dryRun: true, created: false });
  expect(writes(proxy)).toEqual([]);
  expect(proxy.stats.calls.DescribeTable).toBeGreaterThan(0);
  expect(byId(await table.items())).toEqual(before.items);
  expect(files()).toEqual(before.files);

  const real = await runPlan(words(proxy.url), { cwd });
  expect(real.code, real.output).toBe(0);
  // It was a plan of something, the same one, and the proxy does see what is written.
  expect(real.summary!.plan).toEqual(dry.summary!.plan!);
  expect(writes(proxy)).not.toEqual([]);
  expect(files().length).toBe(before.files.length + 1);
  await proxy.stop();
}

const PLANNED = SCENARIOS.filter((kind) => kind !== "diff-tables --repair");

test.each(PLANNED)(
  "%s --dry-run asks the server for nothing but reads, and leaves no file",
  (kind) =>
    withScenario(kind, 1, (scenario) =>
      dryThenReal(scenario, (server) => scenario.words(`${server}/${scenario.table.name}`)),
    ),
  120 * SECONDS,
);

test(
  "restore-table --create --dry-run makes no table either",
  () =>
    withScenario("restore-table --mode merge", 2, async (scenario) => {
      const { table, path } = scenario;
      const TableName = uniqueName("t");
      const like = (server: string) => ["--create", "--like", `${server}/${table.name}`];
      await dryThenReal(scenario, (server) => [
        ...["restore-table", path("backup.ndjson"), `${server}/${TableName}`, ...like(server)],
      ]);
      await table.client.send(new DeleteTableCommand({ TableName }));
    }),
  120 * SECONDS,
);

test.each(SCENARIOS)(
  "undo --dry-run of %s asks the server for nothing but reads, and leaves no file",
  (kind) =>
    withScenario(kind, 3, async (scenario) => {
      const { table, path, words } = scenario;
      const done = await runPlan([...words(table.location), "--undo-file", path("undo.ndjson")]);
      expect(done.code, done.output).toBe(0);
      await dryThenReal(scenario, (server) => [
        ...["undo", path("undo.ndjson"), "--table", `${server}/${table.name}`],
      ]);
    }),
  120 * SECONDS,
);
