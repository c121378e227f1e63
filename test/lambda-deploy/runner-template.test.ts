import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCollect } from "../../src/lambda/collect.ts";
import { createSegment } from "../../src/lambda/segment.ts";
import { runDdbr, runProgram } from "../helpers/cli.ts";
import { readTemplate, resolveTemplate, roleStatements, type Statement } from "./resolve-template.ts";
import { runnerDefinition } from "./runner-definition.ts";
import { PARAMETERS } from "./template-parameters.ts";

test("the template of a runner is what the program prints", async () => {
  const { stdout, code } = await runDdbr(["lambda", "template", "runner"]);
  expect({ stdout, code }).toEqual({ stdout: await readTemplate("runner"), code: 0 });
});

test("CloudFormation takes it as it is, without a bucket for it", async () => {
  expect(Buffer.byteLength(await readTemplate("runner"))).toBeLessThan(51_200);
});

test("its functions are the bundle's, and take the variables that it gives them", async () => {
  const key = "arn:aws:kms:us-east-1:123456789012:key/one";
  const given = { StateRegion: "eu-west-1", StateEncryptionKey: key, StateBucketOwner: "123456789012" };
  const resources = await resolveTemplate("runner", { ...PARAMETERS.runner, ...given });
  for (const [name, create] of [
    ["Segment", createSegment],
    ["Collect", createCollect],
  ] as const) {
    const { Handler, Environment, FunctionName } = resources[`${name}Function`]!.Properties as never as {
      Handler: string;
      Environment: { Variables: Record<string, string> };
      FunctionName: string;
    };
    expect(Handler).toBe(`index.${name.toLowerCase()}`);
    expect(await Bun.file("src/lambda/index.ts").text()).toContain(
      `export const ${name.toLowerCase()}: Handler`,
    );
    expect(FunctionName).toBe(`stack-${name.toLowerCase()}`);
    const asked = new Set<string>();
    create(
      new Proxy(Environment.Variables, {
        get(target, variable: string) {
          asked.add(variable);
          return target[variable];
        },
      }),
    );
    expect(Environment.Variables).toEqual(given);
    expect(Object.keys(given).filter((variable) => !asked.has(variable))).toEqual([]);
  }
});

const actionsIn = (statements: Statement[]) => statements.flatMap(({ Action }) => Action).sort();

describe("what the functions may do", () => {
  test("is nothing but to keep the state and to write the log, where nothing is named", async () => {
    const statements = roleStatements(await resolveTemplate("runner", PARAMETERS.runner));
    expect(actionsIn(statements)).toEqual([
      "logs:CreateLogStream",
      "logs:PutLogEvents",
      "s3:DeleteObject",
      "s3:GetObject",
      "s3:ListBucket",
      "s3:PutObject",
    ]);
    const objects = statements.find(({ Action }) => Action.includes("s3:PutObject"))!;
    expect(objects.Resource).toBe("arn:aws:s3:::state/runs/*");
    const listing = statements.find(({ Action }) => Action.includes("s3:ListBucket"))!;
    expect(listing.Condition).toEqual({ StringLikeIfExists: { "s3:prefix": "runs/*" } });
  });

  test("is of each list what it says", async () => {
    const tables = ["orders", "users"].map((name) => `arn:aws:dynamodb:us-east-1:123456789012:table/${name}`);
    const lists = {
      ReadTables: tables.join(),
      WriteTables: tables[1]!,
      ReadObjects: "arn:aws:s3:::backups/inc/*",
      WriteObjects: "arn:aws:s3:::backups/dumps/*",
      Buckets: "arn:aws:s3:::backups",
      Keys: "arn:aws:kms:us-east-1:123456789012:key/one",
      Roles: "arn:aws:iam::222222222222:role/reader",
    };
    const statements = roleStatements(await resolveTemplate("runner", { ...PARAMETERS.runner, ...lists }));
    const onlyOf = (name: keyof typeof lists) => {
      const wanted = lists[name].split(",");
      return statements.filter(({ Resource }) => Bun.deepEquals(Resource, wanted));
    };
    for (const name of Object.keys(lists) as (keyof typeof lists)[]) expect(onlyOf(name)).toHaveLength(1);
    expect(actionsIn(onlyOf("ReadTables"))).not.toContain("dynamodb:PutItem");
    expect(actionsIn(onlyOf("WriteTables"))).toContain("dynamodb:PutItem");
    expect(actionsIn(onlyOf("ReadObjects"))).toEqual(["s3:GetObject", "s3:GetObjectVersion"]);
    expect(statements.flatMap(({ Resource }) => Resource)).not.toContain("*");
  });
});

test("the state machine may call its functions, and start executions of itself", async () => {
  const { MachineRole: Role, ...resources } = await resolveTemplate("runner", PARAMETERS.runner);
  const statements = roleStatements({ ...resources, Role: Role! });
  const states = "arn:aws:states:us-east-1:123456789012";
  expect(statements.map(({ Action, Resource }) => [Action, Resource])).toEqual([
    [["lambda:InvokeFunction"], ["SegmentFunction.Arn", "CollectFunction.Arn"]],
    [["states:StartExecution"], `${states}:stateMachine:stack`],
    [
      ["states:DescribeExecution", "states:StopExecution"],
      [`${states}:execution:stack:*`, `${states}:execution:stack/*`],
    ],
  ]);
  expect(resources.StateMachine!.Properties.StateMachineName).toBe("stack");
});

describe("the state machine's definition", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "ddbr-asl-"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  /** The exit code and words of a linter of the Amazon States Language. */
  async function lint(definition: object): Promise<{ code: number; text: string }> {
    const file = join(folder, "definition.json");
    await Bun.write(file, JSON.stringify(definition));
    const program = "node_modules/asl-validator/dist/bin/asl-validator.js";
    const { code, stdout, stderr } = await runProgram([process.execPath, program, "--json-path", file]);
    return { code, text: stdout + stderr };
  }

  test("passes a linter", async () => {
    expect(await lint(await runnerDefinition())).toMatchObject({ code: 0 });
  });

  test.each([
    ["a state that is not there", { Catch: [{ ErrorEquals: ["States.ALL"], Next: "Nowhere" }] }],
    ["a path that is none", { MaxConcurrencyPath: "concurrency" }],
    ["a field of no state", { Concurrency: 3 }],
  ])("would not with %s", async (_, change) => {
    const definition = (await runnerDefinition()) as { States: Record<string, object> };
    Object.assign(definition.States.Segments!, change);
    expect(await lint(definition)).toMatchObject({ code: 1 });
  });
});
