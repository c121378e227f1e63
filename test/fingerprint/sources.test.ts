import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { backUp, backupWords } from "../backup/dump.ts";
import { type CliResult, runDdbr } from "../helpers/cli.ts";
import { newPlace, STORE_KINDS, type TestPlace } from "../helpers/stores.ts";
import { createTable, type TestTable } from "../helpers/table.ts";
import { lines, writeFolder } from "../incremental/diff-backups.ts";
import { documented, idOf, opened, type Wire } from "./documented.ts";
import { asItem, COMPOSITE, KEY, records, respelled } from "./records.ts";

const RECORDS = records(300);
const EXPECTED = documented(RECORDS, KEY);
const KEY_SCHEMA = ["--key-schema", "id:S,at:N"];

let table: TestTable;
let places: Record<TestPlace["kind"], TestPlace>;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "ddbr-fingerprint-"));
  const [directory, s3] = await Promise.all(STORE_KINDS.map((kind) => newPlace(kind)));
  places = { directory: directory!, s3: s3! };
  table = await createTable(COMPOSITE);
  await table.load(RECORDS.map((record) => asItem(respelled(record) as Wire)));
});

afterAll(async () => {
  rmSync(folder, { recursive: true });
  await Promise.all([table.drop(), places.directory.drop(), places.s3.drop()]);
});

let files = 0;

/** Runs the command and takes apart what it wrote. */
async function fingerprint(source: string, place?: TestPlace, ...words: string[]) {
  const out = join(folder, `${files++}.json`);
  const result = await runDdbr(["fingerprint", source, "--out", out, ...(place?.options() ?? []), ...words], {
    env: place?.env ?? {},
  });
  if (result.code > 1) throw new Error(result.stdout + result.stderr);
  return { ...result, made: opened(JSON.parse(readFileSync(out, "utf8"))), out };
}

const json = async (place: TestPlace, key: string) => JSON.parse((await place.get(key))!.toString());
const done = (result: CliResult) => expect([result.code, result.stderr]).toEqual([0, ""]);

describe("a table", () => {
  test.each([
    ["in one segment", ["--segments", "1"]],
    ["in seven, read consistently", ["--segments", "7", "--consistent", "--concurrency", "3"]],
  ])("%s", async (_, words) => {
    const { code, made, stdout } = await fingerprint(table.location, undefined, ...words);
    expect([code, made]).toEqual([0, EXPECTED]);
    expect(stdout).toContain(`fingerprint ${EXPECTED.digest.slice(0, 16)} of 300 items, 4,096 buckets`);
  });

  test("with other numbers of buckets, small", async () => {
    for (const buckets of [16, 256, 65_536]) {
      const { made } = await fingerprint(table.location, undefined, "--buckets", String(buckets));
      expect(made).toEqual(documented(RECORDS, KEY, buckets));
    }
  });

  test("as JSON events", async () => {
    const { stdout } = await fingerprint(table.location, undefined, "--json");
    const last = JSON.parse(stdout.trim().split("\n").at(-1)!);
    expect(last).toMatchObject({
      event: "finished",
      job: "fingerprint",
      outcome: "complete",
      fingerprint: { items: 300, buckets: 4096, digest: EXPECTED.digest },
    });
  });
});

describe.each(STORE_KINDS)("in a %s", (kind) => {
  let place: TestPlace;

  beforeAll(() => {
    place = places[kind];
  });

  test("a dump, whose manifest holds it already", async () => {
    done(await backUp(table.location, place, ["--jobid", "whole", "--segments", "3", "--compress", "zstd"]));
    const manifest = await json(place, "whole/manifest.json");
    expect(opened(manifest.fingerprint)).toEqual(EXPECTED);
    const { made, code, stdout } = await fingerprint(`${place.url}/whole`, place);
    expect([code, made]).toEqual([0, EXPECTED]);
    expect(stdout).toContain("agrees with the fingerprint in the manifest");
  });

  test("an incremental folder, and a snapshot of it", async () => {
    const inc = ["incremental-backfill", table.location, `${place.url}/inc`, ...place.options()];
    done(await runDdbr(inc, { env: place.env }));
    const own = `${place.url}/inc/${table.name}`;
    const { made, code } = await fingerprint(own, place);
    expect([code, made]).toEqual([0, EXPECTED]);
    const snapshot = ["incremental-snapshot", own, `${place.url}/snap.gz`, "--manifest", ...place.options()];
    done(await runDdbr(snapshot, { env: place.env }));
    expect(opened((await json(place, "snap.gz.manifest.json")).fingerprint)).toEqual(EXPECTED);
    const again = await fingerprint(`${place.url}/snap.gz`, place);
    expect([again.code, again.made]).toEqual([0, EXPECTED]);
    expect(again.stdout).toContain("agrees with the fingerprint in the manifest");
  });

  test("a folder under older names, with a second object and foreign ones", async () => {
    const md5 = (record: Wire) =>
      createHash("md5")
        .update(JSON.stringify({ at: record.at, id: record.id }))
        .digest("hex");
    const reversed = (record: Wire) =>
      createHash("sha256")
        .update(JSON.stringify({ id: record.id, at: record.at }))
        .digest("hex");
    await writeFolder(place, "old", RECORDS.slice(0, 30), (record) => idOf(record, KEY));
    await writeFolder(place, "old", RECORDS.slice(25, 60), md5);
    await writeFolder(place, "old", RECORDS.slice(55, 90), reversed);
    await place.put("old/readme.txt", "hello");
    const { made, stdout } = await fingerprint(`${place.url}/old`, place);
    expect(made).toEqual(documented(RECORDS.slice(0, 90), KEY));
    expect(stdout).toContain("1 foreign object passed over");
  });
});

test("a folder as it was at a moment", async () => {
  const place = places.s3;
  const [first, then] = [RECORDS.slice(0, 3), RECORDS.slice(0, 20)];
  await writeFolder(place, "then", then, (record) => idOf(record, KEY));
  // The server says only the second in which a version was stored.
  await Bun.sleep(1_100);
  const at = new Date().toISOString();
  await Bun.sleep(1_000);
  for (const record of first) await place.remove(`then/${idOf(record, KEY)}`);
  const before = await fingerprint(`${place.url}/then`, place, "--at", at);
  expect(before.made).toEqual(documented(then, KEY));
  expect(JSON.parse(readFileSync(before.out, "utf8")).asOf).toBe(at);
  const now = await fingerprint(`${place.url}/then`, place);
  expect(now.made).toEqual(documented(then.slice(3), KEY));
});

describe("files", () => {
  const file = (name: string, bytes: string | Buffer) => {
    writeFileSync(join(folder, name), bytes);
    return join(folder, name);
  };

  test("in another order and other words", async () => {
    const path = file("plain", lines(RECORDS.map((record) => respelled(record) as Wire).reverse()));
    expect((await fingerprint(path, undefined, ...KEY_SCHEMA)).made).toEqual(EXPECTED);
    expect((await fingerprint(path, undefined, "--key-schema", "at:N,id:S")).made).toEqual(EXPECTED);
    expect((await fingerprint(path, undefined, "--like", table.location)).made).toEqual(EXPECTED);
  });

  test("refused where the key is not known, or not there", async () => {
    const path = file("unknown", lines(RECORDS));
    const unknown = await runDdbr(["fingerprint", path]);
    expect([unknown.code, unknown.stdout]).toEqual([2, expect.stringContaining("--key-schema")]);
    const other = await runDdbr(["fingerprint", path, "--key-schema", "nope:S"]);
    expect([other.code, other.stdout]).toEqual([2, expect.stringContaining('without the key "nope" (S)')]);
  });
});

describe("manifests", () => {
  test("of a folder whose records have not all the same key there is a snapshot, and no fingerprint", async () => {
    const place = places.directory;
    await writeFolder(place, "mixed", RECORDS.slice(0, 5), (record) => idOf(record, KEY));
    await place.put(`mixed/${"0".repeat(64)}`, '{"other":{"S":"x"}}');
    await place.put("mixed.backfill.json", "{}");
    const words = ["incremental-snapshot", `${place.url}/mixed`, `${place.url}/mixed.gz`, "--manifest"];
    done(await runDdbr(words));
    const manifest = await json(place, "mixed.gz.manifest.json");
    expect([manifest.items, manifest.fingerprint]).toEqual([6, undefined]);
    const { code, stdout } = await runDdbr(["fingerprint", `${place.url}/mixed`]);
    expect([code, stdout]).toEqual([2, expect.stringContaining("have not got the same")]);
    expect(stdout).toContain("a backfill of this folder has not ended");
  });

  test("a job done segment by segment adds up; one of an earlier version has none", async () => {
    const place = places.directory;
    const part = (job: string, segment: number) =>
      runDdbr(
        backupWords(table.location, place, "--jobid", job, "--segment", String(segment), "--segments", "3"),
      );
    for (const segment of [2, 0, 1]) done(await part("parts", segment));
    expect(opened((await json(place, "parts/manifest.json")).fingerprint)).toEqual(EXPECTED);

    for (const segment of [0, 1]) done(await part("earlier", segment));
    const { fingerprint: _, ...receipt } = await json(place, "earlier/receipts/0.json");
    await place.put("earlier/receipts/0.json", JSON.stringify(receipt));
    done(await backUp(table.location, place, ["--jobid", "earlier", "--resume", "--segments", "3"]));
    const manifest = await json(place, "earlier/manifest.json");
    expect([manifest.items, manifest.fingerprint]).toEqual([300, undefined]);
    const { made, stdout, code } = await fingerprint(`${place.url}/earlier`, place);
    expect([code, made]).toEqual([0, EXPECTED]);
    expect(stdout).not.toContain("manifest");
  });

  test("says where the items are not what was backed up", async () => {
    const place = places.directory;
    done(await backUp(table.location, place, ["--jobid", "altered", "--segments", "1"]));
    const text = gunzipSync((await place.get("altered/0"))!).toString();
    const bytes = gzipSync(text.replace('"41.37"', '"41.38"'));
    await place.remove("altered/0");
    await place.put("altered/0", bytes);
    const manifest = await json(place, "altered/manifest.json");
    manifest.files[0].sha256 = createHash("sha256").update(bytes).digest("hex");
    writeFileSync(join(place.url, "altered/manifest.json"), JSON.stringify(manifest));
    const { code, stdout } = await fingerprint(`${place.url}/altered`, place);
    expect([code, stdout]).toEqual([
      1,
      expect.stringContaining("NOT what the manifest says: 1 bucket differs"),
    ]);

    manifest.fingerprint.table = manifest.fingerprint.table.slice(0, 100);
    writeFileSync(join(place.url, "altered/manifest.json"), JSON.stringify(manifest));
    const damaged = await runDdbr(["fingerprint", `${place.url}/altered`]);
    expect([damaged.code, damaged.stderr]).toEqual([
      2,
      expect.stringContaining("table of buckets is damaged"),
    ]);
  });
});

describe("refused before anything is read", () => {
  test.each<[string, string[], string]>([
    ["neither a table nor a place", ["orders"], "is neither a table nor a place for backups"],
    ["a directory that is not there", ["./nothing-here"], "no such directory"],
    ["another number of buckets", ["./test", "--buckets", "100"], "give 16, 256, 4096 or 65536"],
    ["a key that is none", ["./test", "--key-schema", "id"], "it looks like id:S"],
    ["a key of three attributes", ["./test", "--key-schema", "a:S,b:S,c:S"], "not one or two attributes"],
    ["one attribute twice", ["./test", "--key-schema", "a:S,a:S"], "not one or two attributes"],
    [
      "two ways to tell the key",
      ["./test", "--key-schema", "id:S", "--like", "local/orders"],
      "--like contradicts",
    ],
    [
      "a file in a folder that is not there",
      ["./test", "--out", "./nothing-here/a.json"],
      "cannot be written",
    ],
    ["a folder to write to", ["./test", "--out", "."], "is a directory"],
    ["a folder without records", ["./test"], "holds no record"],
  ])("%s", async (_, words, problem) => {
    const { code, stdout, stderr } = await runDdbr(["fingerprint", ...words]);
    expect([code, stdout + stderr]).toEqual([2, expect.stringContaining(problem)]);
  });

  test("a moment, or a key, of a table", async () => {
    const moment = await runDdbr(["fingerprint", table.location, "--at", "2026-01-01"]);
    expect([moment.code, moment.stderr]).toEqual([
      2,
      expect.stringContaining("--at goes with an incremental"),
    ]);
    const key = await runDdbr(["fingerprint", table.location, "--key-schema", "id:S"]);
    expect([key.code, key.stderr]).toEqual([2, expect.stringContaining("leave them away")]);
  });
});
