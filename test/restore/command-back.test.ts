import { afterEach, beforeEach, expect, test } from "bun:test";
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createTable, type TestTable } from "../helpers/table.ts";
import { BEFORE, byId, MERGED, newRestorable, type Restorable, record, textsOf } from "./command-fixture.ts";
import { newWrittenFolder, ownName, type WrittenVersion } from "./written-folder.ts";

const MINUTE = 60_000;
const FROM = Date.UTC(2026, 0, 17, 14, 3);
const TO = Date.UTC(2026, 0, 17, 14, 20);
const WINDOW = ["--from", "2026-01-17T14:03:00Z", "--to", "2026-01-17T14:20:00Z"];

let place: Restorable;
let other: TestTable | undefined;

beforeEach(async () => {
  place = await newRestorable();
});
afterEach(async () => {
  await other?.drop();
  other = undefined;
  await place.drop();
});

const undo = (args: string[]) => place.ddbr(["undo", ...args]);
const eventsOf = (stdout: string) =>
  stdout
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line));

test("undo of a restore gives back what was there; undo of the undo restores again", async () => {
  await place.restore(["--mode", "replace", "--yes"]);
  const [restored] = place.undoFiles();
  const planned = await undo([restored!, "--dry-run"]);
  expect(planned.code).toBe(0);
  expect(planned.stdout).toContain("[plan] create 1 item 6 B, replace 1, delete 1; 3 write units");
  expect(await place.values()).toEqual({ a: "1", b: "2", c: "3" });

  expect((await undo([restored!, "--yes"])).code).toBe(0);
  expect(await place.values()).toEqual(BEFORE);
  const undone = place.undoFiles().find((name) => name.startsWith(`ddbr-undo-${place.table.name}-`));
  expect((await undo([undone!, "--yes"])).code).toBe(0);
  expect(await place.values()).toEqual({ a: "1", b: "2", c: "3" });
});

test("what others have written since is left alone and named; the exit code tells", async () => {
  await place.restore(["--yes"]);
  await place.table.put(record("c", 99));
  const [file] = place.undoFiles();
  const result = await undo([file!, "--yes"]);
  expect(result.code).toBe(1);
  expect(textsOf(result)).toContain('[left] {"id":"c"} changed-since');
  expect(await place.values()).toEqual({ ...BEFORE, c: "99" });
});

test("a key is told escaped", async () => {
  const hostile = "\x1b[31mred\u202e";
  writeFileSync(join(place.folder, "backup.ndjson"), `${JSON.stringify(record(hostile, 1))}\n`);
  await place.restore(["--yes"]);
  await place.table.put(record(hostile, 2));
  const { stdout } = await undo([place.undoFiles()[0]!, "--yes"]);
  expect(stdout).toContain('[left] {"id":"\\u001b[31mred\\u202e"} changed-since');
  const json = await undo([place.undoFiles()[0]!, "--yes", "--json"]);
  expect(json.stdout).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f]/);
  expect(eventsOf(json.stdout).find(({ event }) => event === "left").key).toEqual({ id: { S: hostile } });
});

test("the table is the file's; another one has to be named", async () => {
  await place.restore(["--yes"]);
  const [file] = place.undoFiles();
  other = await createTable();
  await other.load([record("c", 3), record("b", 2)]);
  const lines = readFileSync(join(place.folder, file!), "utf8").split("\n");
  const header = { ...JSON.parse(lines[0]!), table: other.location };
  writeFileSync(join(place.folder, "moved"), [JSON.stringify(header), ...lines.slice(1)].join("\n"));
  const refused = await undo(["moved", "--yes"]);
  expect(refused.code).toBe(2);
  expect(refused.stderr).toMatch(/moved: was written for the table arn:.* - .* name it with --table\n$/);
  expect((await undo([file!, "--table", other.location, "--yes"])).code).toBe(0);
  expect(byId(await other.items())).toEqual({ b: "20" });
  expect(await place.values()).toEqual(MERGED);
});

test("undo of a repair knows its table from the file's lines", async () => {
  other = await createTable();
  await other.load([record("a", 1), record("b", 2), record("c", 3)]);
  const repair = ["--repair", "--undo-file", "undo.ndjson", "--settle", "0", "--yes"];
  await place.ddbr(["diff-tables", other.location, place.table.location, ...repair]);
  expect(await place.values()).toEqual({ a: "1", b: "2", c: "3" });
  const result = await undo(["undo.ndjson", "--yes"]);
  expect(result).toMatchObject({ code: 0, stderr: "" });
  expect(await place.values()).toEqual(BEFORE);
});

test("a run goes on with --resume, by the words that it was begun with", async () => {
  await place.restore(["--yes", "--undo-file", "u"]);
  const file = join(place.folder, "u");
  const lines = readFileSync(file, "utf8").trimEnd().split("\n");
  const planned = lines.findIndex((line) => line.startsWith('{"planned"'));
  // As a run leaves it that was killed before its first write.
  writeFileSync(file, `${lines.slice(0, planned + 1).join("\n")}\n`);
  await place.table.put(record("b", 20));
  await place.table.delete({ id: { S: "c" } });

  const otherwise = await place.restore(["--mode", "missing", "--undo-file", "u", "--resume", "--yes"]);
  expect(otherwise.code).toBe(2);
  expect(otherwise.stdout).toContain('u: was made with mode "merge", not "missing"');
  const result = await place.restore(["--undo-file", "u", "--resume", "--yes"]);
  expect(result.code).toBe(0);
  expect(await place.values()).toEqual(MERGED);
});

/** The table's incremental folder, as versions in a directory. */
async function writeHistory(histories: Record<string, WrittenVersion[]>): Promise<void> {
  const written = await newWrittenFolder();
  for (const [id, versions] of Object.entries(histories)) await written.write(ownName(id), versions);
  renameSync(written.path, join(place.folder, place.table.name));
}

function version(id: string, v: number, at: number, sequence: number): WrittenVersion {
  const name = sequence === 1 ? "INSERT" : "MODIFY";
  const holds = { id: { S: id }, v: { N: String(v) } };
  return { stored: at + 1000, holds, event: { name, sequence, at } };
}

/** The folder is older than the window; `a` was changed before the window, `b` in it, `x` in it and once more after it. */
const HISTORIES = {
  old: [version("old", 0, FROM - 10 * MINUTE, 1)],
  a: [version("a", 1, FROM - MINUTE, 1)],
  b: [version("b", 5, FROM - MINUTE, 1), version("b", 20, FROM + MINUTE, 2)],
  x: [version("x", 7, FROM - MINUTE, 1), version("x", 8, FROM + MINUTE, 2), version("x", 9, TO + MINUTE, 3)],
};

test("rewind takes back what happened in the window; what changed after it only with --force", async () => {
  await writeHistory(HISTORIES);
  const rewind = (args: string[]) => place.ddbr(["rewind", place.table.location, "./", ...WINDOW, ...args]);
  const planned = await rewind(["--dry-run"]);
  expect(planned.code).toBe(0);
  expect(textsOf(planned)[0]).toStartWith(
    "[start] source . from 2026-01-17T14:03:00.000Z to 2026-01-17T14:20:00.000Z",
  );
  expect(await place.values()).toEqual(BEFORE);

  const result = await rewind(["--yes"]);
  expect(result).toMatchObject({ code: 1, stderr: "" });
  expect(textsOf(result)).toContain('[left] {"id":"x"} changed-since');
  expect(await place.values()).toEqual({ ...BEFORE, b: "5" });

  const forced = await rewind(["--yes", "--force", "--key", '{"id":"x"}']);
  expect(forced.code).toBe(0);
  expect(await place.values()).toEqual({ ...BEFORE, b: "5", x: "7" });
  for (const file of place.undoFiles()) expect((await undo([file, "--yes"])).code).toBe(0);
  expect(await place.values()).toEqual(BEFORE);
});

test("restore-record shows before and after, and writes when told to", async () => {
  await writeHistory(HISTORIES);
  const restore = (id: string, args: string[]) =>
    place.ddbr(["restore-record", place.table.location, "./", JSON.stringify({ id }), ...args]);
  const at = ["--at", "2026-01-17T14:03:00Z"];
  const planned = await restore("b", [...at, "--dry-run"]);
  expect(planned).toMatchObject({ code: 0, stderr: "" });
  expect(planned.stdout).toContain("~ v  20 → 5");
  expect(planned.stdout).toEndWith("would be put\n");
  expect(await place.values()).toEqual(BEFORE);

  const done = await restore("b", [...at, "--yes", "--json"]);
  expect(done).toMatchObject({ code: 0, stderr: "" });
  expect(eventsOf(done.stdout)).toMatchObject([
    {
      event: "record",
      key: { id: { S: "b" } },
      action: "put",
      dryRun: false,
      before: { id: { S: "b" }, v: { N: "20" } },
      after: { id: { S: "b" }, v: { N: "5" } },
      differences: [{ path: "v", before: { N: "20" }, after: { N: "5" } }],
    },
  ]);
  expect(await place.values()).toEqual({ ...BEFORE, b: "5" });
  expect((await restore("b", [...at, "--yes"])).stdout).toEndWith("like that already: nothing to write\n");

  const [event] = eventsOf((await restore("x", [...at, "--dry-run", "--json"])).stdout);
  const byVersion = await restore("x", ["--version", event.versionId, "--yes", "--quiet"]);
  expect(byVersion.code).toBe(0);
  expect(byVersion.stdout).toEndWith("put and verified\n");
  expect(await place.values()).toEqual({ ...BEFORE, b: "5", x: "7" });
});

test("a record that was not there yet is deleted", async () => {
  await writeHistory(HISTORIES);
  const early = ["--at", new Date(FROM - 2 * MINUTE).toISOString(), "--yes"];
  const words = ["restore-record", place.table.location, "./", '{"id":"b"}', ...early];
  const result = await place.ddbr(words);
  expect(result).toMatchObject({ code: 0, stderr: "" });
  expect(result.stdout).toEndWith("deleted and verified\n");
  expect(await place.values()).toEqual({ a: "1", x: "9" });
});
