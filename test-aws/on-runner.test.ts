import { afterAll, afterEach, beforeAll, expect, test } from "bun:test";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type AttributeValue, BatchWriteItemCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { GetObjectCommand, ListObjectsV2Command } from "@aws-sdk/client-s3";
import { DescribeExecutionCommand, StopExecutionCommand } from "@aws-sdk/client-sfn";
import { DDBR, runDdbr } from "../test/helpers/cli.ts";
import { uniqueName } from "../test/helpers/environment.ts";
import { startTerminal, type TerminalSession } from "../test/helpers/pty.ts";
import { type Account, ELSEWHERE, eventsOf, HOME, openAccount } from "./helpers/account.ts";
import { aws } from "./helpers/backup-metrics.ts";
import { type RunningRunner, startRunner } from "./helpers/running-runner.ts";

const MINUTE = 60_000;
const ITEMS = 60;
/** Of every so many items the replica's is another. */
const DRIFT = 10;

let account: Account;
let runner: RunningRunner;
const sessions: TerminalSession[] = [];
const table = uniqueName("orders");
beforeAll(async () => {
  account = await openAccount();
  await fill(HOME, () => "1");
  await fill(ELSEWHERE, (item) => (item % DRIFT === 0 ? "2" : "1"));
  runner = await startRunner(account, "--reads", `${HOME}/${table}`, "--writes", `${ELSEWHERE}/${table}`);
}, 2 * MINUTE);
afterAll(async () => {
  await runner?.stop();
  await account.close();
}, MINUTE);
afterEach(async () => {
  runner.loseTables(false);
  for (const session of sessions.splice(0)) await session.close();
});

async function fill(region: string, numberOf: (item: number) => string): Promise<void> {
  await account.createTable(region, table);
  const client = new DynamoDBClient({ endpoint: aws(), region });
  const items: Record<string, AttributeValue>[] = Array.from({ length: ITEMS }, (_, item) => ({
    id: { S: `o${item}` },
    v: { N: numberOf(item) },
  }));
  for (let from = 0; from < ITEMS; from += 25) {
    const puts = items.slice(from, from + 25).map((Item) => ({ PutRequest: { Item } }));
    await client.send(new BatchWriteItemCommand({ RequestItems: { [table]: puts } }));
  }
  client.destroy();
}

const DRIFTED = Array.from({ length: ITEMS / DRIFT }, (_, index) => `o${index * DRIFT}`).sort();

const words = (...options: string[]) => [
  ...["diff-tables", `${HOME}/${table}`, `${ELSEWHERE}/${table}`, "--settle", "0.1", "--segments", "4"],
  ...["--on", runner.name, ...options],
];
/** In a terminal, which the test's end closes. */
function inTerminal(...options: string[]): TerminalSession {
  const terminal = { cols: 110, rows: 40, env: { ...runner.env, LANG: "C.UTF-8" } };
  const session = startTerminal([DDBR, ...words(...options)], terminal);
  sessions.push(session);
  return session;
}

const ddbr = (...options: string[]) => runDdbr(words(...options), { env: runner.env, timeoutMs: 2 * MINUTE });

/** The run's name, as the program tells it. */
function runOf(told: string): string {
  const name = /diff-tables-\d{8}-\d{6}-[0-9a-f]{4}/.exec(told)?.[0];
  if (name === undefined) throw new Error(`no run is named in: ${told}`);
  return name;
}

const executionArn = (run: string) => `arn:aws:states:${HOME}:123456789012:execution:${runner.name}:${run}`;
const execution = (run: string) =>
  runner.sfn.send(new DescribeExecutionCommand({ executionArn: executionArn(run) }));

async function jobOf(run: string) {
  const [, bucket, prefix] = /^s3:\/\/([^/]+)\/(.*)$/.exec(runner.state)!;
  const { Body } = await account.s3.send(
    new GetObjectCommand({ Bucket: bucket, Key: `${prefix}/${run}/job.json` }),
  );
  return JSON.parse(await Body!.transformToString());
}

test(
  "a runner's functions do the whole, and it ends as it would have here",
  async () => {
    const folder = await mkdtemp(join(tmpdir(), "ddbr-on-"));
    try {
      const report = join(folder, "report.ndjson");
      const { code, stdout, stderr } = await ddbr("--json", "--report", report, "--concurrency", "2");
      expect({ code, stderr }).toEqual({
        code: 1,
        stderr: expect.stringContaining("4 segments, 2 at a time"),
      });
      const events = eventsOf(stdout);
      expect(events[0]).toMatchObject({ event: "started", segments: 4 });
      const found = events.filter(({ event }) => event === "discrepancy");
      expect(found.map(({ key }) => (key as { id: { S: string } }).id.S).sort()).toEqual(DRIFTED);
      expect(events.at(-1)).toMatchObject({
        event: "finished",
        outcome: "discrepancies",
        segments: 4,
        totals: { primary: { items: ITEMS }, replica: { items: ITEMS }, segmentsDone: 4 },
      });
      const lines = (await readFile(report, "utf8")).trimEnd().split("\n");
      expect(lines.map((line) => JSON.parse(line).key.id.S).sort()).toEqual(DRIFTED);

      const run = runOf(stderr);
      const { status, input } = await execution(run);
      expect(status).toBe("SUCCEEDED");
      expect(JSON.parse(input!)).toEqual({
        state: `${runner.state}/${run}`,
        segments: [0, 1, 2, 3],
        concurrency: 2,
        toleratedFailurePercentage: 10,
      });
      // Once more it is only shown.
      const again = await ddbr("--join", run, "--quiet");
      expect({ code: again.code, stderr: again.stderr }).toEqual({ code: 1, stderr: "" });
      expect(again.stdout).toContain(`${DRIFTED.length} discrepancies`);
      await expect(execution(`${run}-2`)).rejects.toThrow("Does Not Exist");
      const other = await ddbr("--join", run, "--ignore", "v");
      expect(other.code).toBe(2);
      expect(other.stderr).toStartWith(
        `ddbr: run ${run}: the state is of another run: ignore is [], here ["v"] - `,
      );
    } finally {
      await rm(folder, { recursive: true });
    }
  },
  2 * MINUTE,
);

test(
  "what fails is told with its cause, and --join goes on with it",
  async () => {
    runner.loseTables(true);
    const { code, stderr } = await ddbr("--quiet");
    expect(code).toBe(2);
    const run = runOf(stderr);
    expect(stderr.split("\n").at(-2)).toStartWith(`ddbr: run ${run}: the execution failed: `);
    // Which executions failed for the map's elements, and why, moto does not tell.
    expect(stderr).toContain("4 of 4 segments are not done");
    expect(stderr).toContain(`--join ${run} goes on`);
    runner.loseTables(false);
    const joined = await ddbr("--join", run);
    expect(joined.code).toBe(1);
    expect(joined.stderr).toContain(`execution ${run} failed: `);
    expect(joined.stderr).toContain(`${run}-2 goes on`);
    expect(joined.stdout).toContain(`${DRIFTED.length} discrepancies`);
    expect((await execution(`${run}-2`)).status).toBe("SUCCEEDED");
  },
  2 * MINUTE,
);

test(
  "Ctrl-C leaves it running, and --join comes back to it",
  async () => {
    const letGo = runner.hold();
    const left = inTerminal();
    await left.waitFor("0/4 segments", MINUTE);
    left.write("\x03");
    expect(await left.exitCode).toBe(130);
    expect(left.alternateScreen()).toBe(false);
    const told = left.history().join("\n");
    expect(told.replaceAll("\n", "")).toContain("stopped watching: the run goes on");
    const run = runOf(told);
    expect((await execution(run)).status).toBe("RUNNING");

    const joined = inTerminal("--join", run, "--plain");
    await joined.waitFor(`run ${run}: under way`, MINUTE);
    letGo();
    expect(await joined.exitCode).toBe(1);
    expect(joined.history().join("")).toContain(`${DRIFTED.length} discrepancies`);
  },
  2 * MINUTE,
);

test(
  "one that somebody stops is told of",
  async () => {
    const letGo = runner.hold();
    const running = ddbr("--quiet", "--max-rcu", "500", "--max-cost", "2");
    const run = await untilBegun();
    await runner.sfn.send(new StopExecutionCommand({ executionArn: executionArn(run) }));
    // moto lets calls come to their end before it stops: theirs is not to be done.
    runner.loseTables(true);
    letGo();
    const { code, stderr } = await running;
    expect(code).toBe(2);
    expect(stderr).toContain(`run ${run}: the execution was stopped: nothing is said of why`);
    const { request } = (await jobOf(run)).settings;
    expect(request).toMatchObject({ maxReadUnits: 500, cost: { budget: 2 }, segments: 4 });
  },
  2 * MINUTE,
);

/** The name of the run that has begun last, once it has an execution. */
async function untilBegun(): Promise<string> {
  const [, bucket, prefix] = /^s3:\/\/([^/]+)\/(.*)$/.exec(runner.state)!;
  const known = new Set<string>();
  for (let look = 0; ; look++) {
    const { Contents = [] } = await account.s3.send(
      new ListObjectsV2Command({ Bucket: bucket, Prefix: `${prefix}/` }),
    );
    const runs = Contents.map(({ Key }) => Key!.slice(prefix!.length + 1).split("/")[0]!);
    const fresh = runs.find((run) => look > 0 && !known.has(run));
    const begun = fresh === undefined ? undefined : await execution(fresh).catch(() => undefined);
    if (begun?.status === "RUNNING") return fresh!;
    if (look === 0) for (const run of runs) known.add(run);
    await Bun.sleep(100);
  }
}

test.each([
  [["--state", "s3://b/c"], "--state contradicts --on"],
  [["--segment", "0"], "--segment contradicts --on"],
  [["--sample", "0.5"], "--sample contradicts --on"],
  [["--lease", "5"], "--lease contradicts --on"],
  [["--s3-endpoint", "http://127.0.0.1:1"], "--s3-endpoint contradicts --on"],
  [["--join", "no/run"], "no run's name"],
  [["--join", "never-begun"], "there is none of that name"],
  [["--concurrency", "0"], "--concurrency is"],
  [["--tolerate", "101"], "--tolerate is"],
])("%p is refused in one line", async (options, part) => {
  const { code, stdout, stderr } = await ddbr(...options);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toMatch(/^ddbr: .*\n$/);
  expect(stderr).toContain(part);
});
