import { afterAll, beforeAll, expect, test } from "bun:test";
import { runDdbr } from "../helpers/cli.ts";
import { order } from "../helpers/orders.ts";
import { newPlace, type TestPlace } from "../helpers/stores.ts";
import { createTable, type TestTable } from "../helpers/table.ts";
import { COMPRESS, lines, writeDump, writeFolder } from "../incremental/diff-backups.ts";

const ORDERS = [order("a"), order("b")];
let table: TestTable;
let place: TestPlace;

beforeAll(async () => {
  [table, place] = await Promise.all([createTable(), newPlace("directory")]);
  await table.load(ORDERS);
  await writeFolder(place, `inc/${table.name}`, ORDERS);
  await writeDump(place, "dump", ORDERS);
  await place.put("snapshot", COMPRESS.gzip(lines(ORDERS)));
});
afterAll(() => Promise.all([place.drop(), table.drop()]));

async function refused(url: string, ...words: string[]): Promise<string> {
  const { code, stderr } = await runDdbr([
    "incremental-diff",
    table.location,
    `${place.url}/${url}`,
    ...words,
  ]);
  expect(code).toBe(2);
  return stderr;
}

test.each(["dump", "snapshot"])("a %s is compared by one process", async (url) => {
  const stderr = await refused(url, "--state", `${place.url}/state`);
  expect(stderr).toContain("--state is for a folder");
  expect(stderr).toContain("diff-fingerprints");
  expect(await place.keys("state")).toEqual([]);
});

test.each([
  [["--segment", "0", "--segments", "4"], "--segment needs --state"],
  [["--lease", "5"], "--lease needs --state"],
  [["--state", "/nowhere/at/all", "--report", "r.ndjson"], "--report contradicts --state"],
  [["--state", "/nowhere/at/all", "--segment", "0"], "--segment needs --segments"],
])("does not take %p", async (words, message) => {
  expect(await refused("inc", ...words)).toContain(message);
});

test("a worker with another folder, or other options, is refused", async () => {
  const shared = ["--state", `${place.url}/shared`, "--segments", "2", "--settle", "0"];
  await writeFolder(place, `other/${table.name}`, ORDERS);
  const first = await runDdbr(["incremental-diff", table.location, `${place.url}/inc`, ...shared]);
  expect(first.code).toBe(0);
  expect(await refused("other", ...shared)).toContain("the state is of another run: folder is");
  expect(await refused("inc", ...shared, "--repair", "--yes")).toContain('mode is "check", here "repair"');
});

test("an array job's index says which segment only where there is a state", async () => {
  const env = { AWS_BATCH_JOB_ARRAY_INDEX: "1", AWS_BATCH_JOB_ARRAY_SIZE: "2" };
  const words = ["incremental-diff", table.location, `${place.url}/inc`, "--settle", "0", "--plain"];
  const alone = await runDdbr(words, { env });
  expect([alone.code, alone.stdout]).toEqual([0, expect.stringContaining("the backup equals the table")]);
  const shared = await runDdbr([...words, "--state", `${place.url}/array`], { env });
  expect(shared.code).toBe(0);
  expect(shared.stderr).toContain("segment 1 of 2 (the first is 0), as AWS_BATCH_JOB_ARRAY_INDEX says");
  expect(shared.stdout).toContain("this worker has done 1 of 2 segments");
});
