import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { parseDiffRequest } from "../../src/commands/diff/diff-request.ts";
import { withArrayJob } from "../../src/commands/options/array-job.ts";
import { expectRefused } from "../bad-input/refusal.ts";
import { runDdbr } from "../helpers/cli.ts";
import { driftingOrders } from "../helpers/orders.ts";
import { createTable, type TestTable } from "../helpers/table.ts";

const batch = (index: string, size?: string) => ({
  AWS_BATCH_JOB_ARRAY_INDEX: index,
  ...(size !== undefined && { AWS_BATCH_JOB_ARRAY_SIZE: size }),
});
const kubernetes = (index: string) => ({ JOB_COMPLETION_INDEX: index });

const PAIR = {
  primary: "local/aaa",
  replica: "local/bbb",
  repair: false,
  backfill: false,
  dryRun: false,
  globalTableAttributes: false,
  consistent: false,
};

interface Said {
  segment?: string;
  segments?: string;
  sample?: string;
  state?: string;
}

/** Which segments a run would do that was started with these words and variables. */
function chosen(said: Said, environment: Record<string, string>) {
  const { words, note } = withArrayJob({ ...PAIR, ...said }, environment);
  const { segment, segments } = parseDiffRequest(words);
  return { segment, segments, note };
}

const BATCH = "AWS_BATCH_JOB_ARRAY_INDEX";

test.each<[string, Said, Record<string, string>, number[]]>([
  [BATCH, {}, batch("3", "64"), [3, 64]],
  [BATCH, { segments: "64" }, batch("3", "64"), [3, 64]],
  [BATCH, { segments: "64" }, batch("0"), [0, 64]],
  ["JOB_COMPLETION_INDEX", { segments: "64" }, kubernetes("63"), [63, 64]],
  ["JOB_COMPLETION_INDEX", { segments: "1" }, { ...batch("", "8"), ...kubernetes("0") }, [0, 1]],
])("%s says the segment: %j, %j", (by, said, environment, [segment, segments]) => {
  const note = `segment ${segment} of ${segments} (the first is 0), as ${by} says`;
  expect(chosen(said, environment)).toEqual({ segment, segments, note });
});

test.each<[Said, Record<string, string>]>([
  [{}, {}],
  [{}, { ...batch("", ""), ...kubernetes("") }],
  [{ segments: "8", sample: "0.5" }, { AWS_BATCH_JOB_ARRAY_SIZE: "64" }],
  [{ segment: "1", segments: "2" }, batch("3", "64")],
  [{ segment: "0", segments: "2" }, kubernetes("1")],
  [
    { segment: "0", segments: "2" },
    { ...batch("x"), ...kubernetes("y") },
  ],
])("the environment changes nothing: %j, %j", (said, environment) => {
  expect(chosen(said, environment)).toEqual({ ...chosen(said, {}), note: undefined });
});

test("the jobs of an array share a state's segments where there are more or fewer of them", () => {
  const state = "/mnt/state";
  expect(chosen({ state, segments: "1000" }, batch("3", "8"))).toEqual({
    segment: undefined,
    segments: 1000,
    note: "one of 8 jobs that share 1000 segments",
  });
  for (const segments of [undefined, "64"]) {
    const said = segments === undefined ? { state } : { state, segments };
    expect(chosen(said, batch("3", "64"))).toMatchObject({ segment: 3, segments: 64 });
  }
});

test("Kubernetes is heard only where --segments is given; else that is told", () => {
  const note = "JOB_COMPLETION_INDEX is set but --segments is not given: doing all segments";
  expect(chosen({}, kubernetes("3"))).toEqual({ segment: undefined, segments: undefined, note });
});

describe("refused", () => {
  const DIFF = ["diff-tables", "local/aaa", "local/bbb"];
  const BACKUP = ["backup-table", "local/aaa", "./folder"];

  test.each<[string[], Record<string, string>, RegExp[]]>([
    [DIFF, batch("3"), [/AWS_BATCH_JOB_ARRAY_INDEX is set, but not AWS_BATCH_JOB_ARRAY_SIZE - .*--segments/]],
    [
      [...DIFF, "--segments", "8"],
      batch("3", "64"),
      [/--segments 8 contradicts AWS_BATCH_JOB_ARRAY_SIZE.* 64/],
    ],
    [DIFF, batch("64", "64"), [/no segment 64 among 64/]],
    [DIFF, batch("x", "64"), [/AWS_BATCH_JOB_ARRAY_INDEX is "x"/]],
    [DIFF, batch("\u001b[31m3", "64"), [/AWS_BATCH_JOB_ARRAY_INDEX is "\\u001b\[31m3"/]],
    [DIFF, batch("3", "many"), [/AWS_BATCH_JOB_ARRAY_SIZE is "many"/]],
    [[...DIFF, "--segments", "4"], kubernetes("4"), [/no segment 4 among 4 - .*JOB_COMPLETION_INDEX/]],
    [[...DIFF, "--segments", "4"], kubernetes("-1"), [/JOB_COMPLETION_INDEX is "-1"/]],
    [
      DIFF,
      { ...batch("3", "64"), ...kubernetes("3") },
      [/AWS_BATCH_JOB_ARRAY_INDEX and JOB_COMPLETION_INDEX .* --segment/],
    ],
    [[...DIFF, "--sample", "0.1"], batch("3", "64"), [/--sample contradicts AWS_BATCH_JOB_ARRAY_INDEX/]],
    [BACKUP, batch("3", "64"), [/an array job \(AWS_BATCH_JOB_ARRAY_INDEX\) needs --jobid/]],
    [
      [...BACKUP, "--jobid", "j", "--overwrite"],
      batch("3", "64"),
      [/--overwrite contradicts AWS_BATCH_JOB_ARRAY_INDEX - .*another --jobid/],
    ],
  ])("%j in %j", async (words, env, says) => {
    await expectRefused(words, says, { env });
  });
});

describe("a run", () => {
  const orders = driftingOrders(60, 10);
  let primary: TestTable;
  let replica: TestTable;
  beforeAll(async () => {
    [primary, replica] = await Promise.all([createTable(), createTable()]);
    await Promise.all([primary.load(orders.primary()), replica.load(orders.replica())]);
  });
  afterAll(() => Promise.all([primary.drop(), replica.drop()]));
  const diff = (words: string[], env: Record<string, string>) =>
    runDdbr(["diff-tables", primary.location, replica.location, "--settle", "0", ...words], { env });

  test("says on stderr which segment it does, and why; not when it is to be quiet", async () => {
    const { stdout, stderr } = await diff([], batch("1", "3"));
    expect(stderr).toBe(
      "ddbr diff-tables: segment 1 of 3 (the first is 0), as AWS_BATCH_JOB_ARRAY_INDEX says\n",
    );
    expect(stdout).toContain("1 of 3 segments");
    expect(await diff(["--quiet"], batch("1", "3"))).toMatchObject({ stderr: "" });
  });

  test("with --json has nothing but events on stdout", async () => {
    const { stdout, stderr } = await diff(["--json", "--segments", "3"], kubernetes("2"));
    const [started] = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(started).toMatchObject({ event: "started", segments: 3, chosen: [2] });
    expect(stderr).toContain("segment 2 of 3");
  });

  test("of records is not of segments, whatever an array job says", async () => {
    const { id } = orders.drift[0]!;
    const words = ["diff-record", primary.location, replica.location, JSON.stringify({ id })];
    const { code, stderr } = await runDdbr(words, { env: batch("x") });
    expect({ code, stderr }).toEqual({ code: 1, stderr: "" });
  });
});
