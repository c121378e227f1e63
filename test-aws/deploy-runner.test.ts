import { afterAll, beforeAll, expect, test } from "bun:test";
import {
  DescribeStateMachineCommand,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from "@aws-sdk/client-sfn";
import { uniqueName } from "../test/helpers/environment.ts";
import { type Account, ELSEWHERE, HOME, openAccount } from "./helpers/account.ts";
import { aws } from "./helpers/backup-metrics.ts";
import { giveOutputs } from "./helpers/give-outputs.ts";
import { eventsOfRun, refusalOf } from "./helpers/outcomes.ts";

const MINUTE = 60_000;

let account: Account;
const sfn = new SFNClient({ endpoint: aws(), region: HOME });
const table = uniqueName("orders");
const name = uniqueName("runner");
beforeAll(async () => {
  account = await openAccount();
  await account.createTable(HOME, table);
  await account.createTable(ELSEWHERE, table);
}, MINUTE);
afterAll(async () => {
  sfn.destroy();
  await account.close();
});

const arnOf = (region: string) => `arn:aws:dynamodb:${region}:123456789012:table/${table}`;
const deploy = (...options: string[]) => [
  ...["lambda", "deploy", "runner", "--name", name, "--code", `s3://${account.codeBucket}/ddbr`],
  ...options,
];
const state = () => ["--state", `s3://${account.codeBucket}/runs`];

const run = (words: string[], expected?: number) => eventsOfRun(account, words, expected);
const refusal = (words: string[]) => refusalOf(account, words);

test("a new one is told where its runs' state is, and what they may reach", async () => {
  expect(await refusal(deploy("--yes"))).toContain("--state is missing");
  expect(await refusal(deploy(...state(), "--yes"))).toContain("--reads is missing");
  const nowhere = ["--reads", `${HOME}/${uniqueName("nowhere")}`];
  expect(await refusal(deploy(...state(), ...nowhere, "--yes"))).toContain("no such table");
});

test("a dry run shows what it would be made of", async () => {
  const { events, last } = await run(deploy(...state(), "--writes", `${HOME}/${table}`, "--dry-run"));
  expect(last).toMatchObject({ outcome: "planned" });
  const { changes, parameters } = events.find(({ event }) => event === "planned")! as unknown as {
    changes: { type: string }[];
    parameters: { name: string; after: string }[];
  };
  expect(changes.map(({ type }) => type)).toContain("AWS::StepFunctions::StateMachine");
  expect(parameters).toContainEqual({ name: "WriteTables", after: arnOf(HOME) });
  expect(await refusal(["lambda", "status", name])).toContain("is not there");
});

test(
  "it is deployed: two functions of the bundle, and a state machine that calls them",
  async () => {
    const reach = [
      ...["--reads", `${HOME}/${table}`, "--reads", arnOf(ELSEWHERE), "--reads", "s3://backups/inc"],
      ...["--writes", "s3://backups/dumps", "--writes", "s3://others"],
    ];
    const key = "arn:aws:kms:us-east-1:123456789012:key/one";
    const { names, events, last } = await run(
      deploy(...state(), ...reach, "--kms-key", key, "--memory", "2048", "--yes"),
    );
    expect(names).toEqual(["planned", "code", "resource", "resource", "finished"]);
    expect(last).toMatchObject({ outcome: "done", stack: name });
    const { parameters } = events[0] as unknown as { parameters: { name: string; after: string }[] };
    expect(Object.fromEntries(parameters.map(({ name, after }) => [name, after]))).toMatchObject({
      StateBucket: account.codeBucket,
      ReadTables: `${arnOf(HOME)},${arnOf(ELSEWHERE)}`,
      ReadObjects: "arn:aws:s3:::backups/inc/*",
      WriteObjects: "arn:aws:s3:::backups/dumps/*,arn:aws:s3:::others/*",
      Buckets: "arn:aws:s3:::backups,arn:aws:s3:::others",
      Keys: key,
    });
    for (const part of ["segment", "collect"]) {
      const { fn } = await account.deployed(`${name}-${part}`);
      expect(fn).toMatchObject({ Handler: `index.${part}`, Timeout: 900 });
    }
    const stateMachineArn = `arn:aws:states:${HOME}:123456789012:stateMachine:${name}`;
    const machine = await sfn.send(new DescribeStateMachineCommand({ stateMachineArn }));
    expect(JSON.parse(machine.definition!).States.Segments.ItemProcessor.ProcessorConfig.Mode).toBe(
      "DISTRIBUTED",
    );
  },
  MINUTE,
);

test("again, nothing is to be done; what is reached is said anew as a whole", async () => {
  const { names } = await run(deploy("--yes"));
  expect(names).toEqual(["finished"]);
  const { events } = await run(deploy("--writes", `${HOME}/${table}`, "--dry-run"));
  const planned = events.find(({ event }) => event === "planned")!;
  expect(planned.parameters).toEqual([
    { name: "ReadTables", before: `${arnOf(HOME)},${arnOf(ELSEWHERE)}`, after: "" },
    { name: "WriteTables", before: "", after: arnOf(HOME) },
    { name: "ReadObjects", before: "arn:aws:s3:::backups/inc/*", after: "" },
    { name: "WriteObjects", before: "arn:aws:s3:::backups/dumps/*,arn:aws:s3:::others/*", after: "" },
    { name: "Buckets", before: "arn:aws:s3:::backups,arn:aws:s3:::others", after: "" },
  ]);
});

test("a bucket that keeps versions is warned of", async () => {
  const words = deploy("--state", `s3://${account.backupBucket}/runs`, "--dry-run");
  const { events } = await run(words);
  const [warning] = events;
  expect(String(warning!.message)).toContain("keeps versions");
});

test(
  "its status shows its executions; while one goes on it is not removed",
  async () => {
    await giveOutputs(account, name);
    const stateMachineArn = `arn:aws:states:${HOME}:123456789012:stateMachine:${name}`;
    await sfn.send(new StartExecutionCommand({ stateMachineArn, name: "some-run" }));
    const { last } = await run(["lambda", "status", name]);
    expect(last).toMatchObject({
      state: `s3://${account.codeBucket}/runs`,
      functions: [{ fn: { name: `${name}-segment` } }, { fn: { name: `${name}-collect` } }],
      executions: [{ name: "some-run", status: "RUNNING" }],
      problems: [],
    });
    const plain = await account.ddbr(["lambda", "status", name]);
    expect(plain.stdout).toContain("some-run: RUNNING");

    expect(await refusal(["lambda", "remove", name, "--yes"])).toContain("the run some-run is under way");
    const executionArn = stateMachineArn.replace(":stateMachine:", ":execution:");
    await sfn.send(new StopExecutionCommand({ executionArn: `${executionArn}:some-run` }));
    const { last: end, events } = await run(["lambda", "remove", name, "--yes"]);
    expect(end.outcome).toBe("done");
    expect(String(events.find(({ event }) => event === "left")!.what)).toContain("/runs");
    expect(await refusal(["lambda", "status", name])).toContain("is not there");
  },
  MINUTE,
);
