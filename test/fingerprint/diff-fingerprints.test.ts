import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runDdbr } from "../helpers/cli.ts";
import { s3Endpoint } from "../helpers/s3.ts";
import { newPlace, type TestPlace } from "../helpers/stores.ts";
import { ID_KEY, withTables } from "../helpers/table.ts";
import { lines, writeFolder } from "../incremental/diff-backups.ts";
import { differing, documented, idOf, type Wire } from "./documented.ts";
import { asItem, COMPOSITE, KEY, records } from "./records.ts";

const RECORDS = records(200);
/** Of these the second source differs. */
const [MISSING, DIFFERENT, SURPLUS] = [[11, 12], [50, 51, 52], 3];
const DRIFTED: Wire[] = [
  ...RECORDS.flatMap((record, index) => {
    if (MISSING.includes(index)) return [];
    return DIFFERENT.includes(index) ? [{ ...record, total: { N: `${index}.38` } }] : [record];
  }),
  ...records(200 + SURPLUS).slice(200),
];
/** Only a table says which attribute comes first; the others are told of in ascending order. */
const human = ({ id, at }: Wire) => `{"at":${(at as { N: string }).N},"id":"${(id as { S: string }).S}"}`;
const tableOrder = (line: string) => line.replace(/{("at":[^,]*),("id":.*)}/, "{$2,$1}");
const EXPECTED = [
  ...MISSING.map((index) => `[missing] ${human(RECORDS[index]!)}`),
  ...DIFFERENT.map((index) => `[different] ${human(RECORDS[index]!)}`),
  ...DRIFTED.slice(-SURPLUS).map((record) => `[extraneous] ${human(record)}`),
].sort();
const BUCKETS = differing(documented(RECORDS, KEY), documented(DRIFTED, KEY));
const bucketOf = (name: string) => Number.parseInt(name.slice(0, 3), 16);

let place: TestPlace;
let folder: string;
/** Fingerprints of both, and a plain file of the first. */
let a: string;
let b: string;
let plain: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "ddbr-fingerprints-"));
  place = await newPlace("s3");
  plain = join(folder, "plain");
  writeFileSync(plain, lines(RECORDS));
  const drifted = join(folder, "drifted");
  writeFileSync(drifted, lines(DRIFTED));
  await writeFolder(place, "inc", DRIFTED, (record) => idOf(record, KEY));
  a = await fingerprintOf(plain);
  b = await fingerprintOf(drifted);
});

afterAll(async () => {
  rmSync(folder, { recursive: true });
  await place.drop();
});

let files = 0;

async function fingerprintOf(source: string, ...words: string[]): Promise<string> {
  const out = join(folder, `${files++}.json`);
  const key = ["--key-schema", "id:S,at:N"];
  const result = await runDdbr(["fingerprint", source, "--out", out, ...key, ...words]);
  if (result.code !== 0) throw new Error(result.stdout + result.stderr);
  return out;
}

const diff = (...words: string[]) => runDdbr(["diff-fingerprints", ...words], { env: place.env });
const found = (stdout: string) =>
  stdout
    .split("\n")
    .filter((line) => line.startsWith("["))
    .sort();

/** Passes on to the real server, and keeps the names of the objects that were read. */
async function watched(work: (endpoint: string) => Promise<void>): Promise<string[]> {
  const names: string[] = [];
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      const { pathname, search } = new URL(request.url);
      if (request.method === "GET" && /\/inc\/[0-9a-f]+$/.test(pathname))
        names.push(pathname.split("/").at(-1)!);
      return fetch(s3Endpoint() + pathname + search, {
        method: request.method,
        headers: request.headers,
        decompress: false,
      });
    },
  });
  await work(`http://127.0.0.1:${server.port}`);
  await server.stop(true);
  return names;
}

describe("without sources", () => {
  test("equal: the same items in another kind of source", async () => {
    const out = join(folder, "inc.json");
    const words = ["fingerprint", `${place.url}/inc`, "--out", out, ...place.options()];
    expect((await runDdbr(words, { env: place.env })).code).toBe(0);
    const { code, stdout } = await diff(b, out);
    expect([code, stdout]).toEqual([0, expect.stringContaining("\nequal\n")]);
  });

  test("different: which buckets", async () => {
    const { code, stdout } = await diff(a, b);
    expect(code).toBe(1);
    const hex = BUCKETS.map((bucket) => bucket.toString(16).padStart(3, "0"));
    expect(stdout).toContain(`different: ${BUCKETS.length} buckets of 4,096, 1 item more in b`);
    expect(stdout).toContain(`buckets ${hex.join(" ")}\n`);
    const { stdout: text } = await diff(a, b, "--json");
    expect(JSON.parse(text)).toMatchObject({
      event: "compared",
      equal: false,
      buckets: 4096,
      differing: hex,
    });
  });

  test("of other numbers of buckets", async () => {
    const fine = await fingerprintOf(plain, "--buckets", "65536");
    const coarse = await fingerprintOf(plain, "--buckets", "16");
    expect((await diff(fine, coarse)).code).toBe(0);
    expect((await diff(a, fine)).code).toBe(0);
    const { code, stdout } = await diff(b, coarse);
    const buckets = differing(documented(DRIFTED, KEY, 16), documented(RECORDS, KEY, 16));
    expect([code, stdout]).toEqual([1, expect.stringContaining(`${buckets.length} buckets of 16`)]);
  });
});

describe("with sources", () => {
  test("a file and a folder: the seeded drift, and only objects of differing buckets are read", async () => {
    const names = await watched(async (endpoint) => {
      const { code, stdout } = await diff(
        ...[a, b, "--source-a", plain, "--source-b", `${place.url}/inc`],
        ...place.options(endpoint),
      );
      expect(code).toBe(1);
      expect(found(stdout)).toEqual(EXPECTED);
      expect(stdout).toContain("8 discrepancies now: 2 missing, 3 different, 3 extraneous");
      expect(stdout).not.toContain("has changed");
    });
    const there = DRIFTED.map((record) => idOf(record, KEY)).filter((name) =>
      BUCKETS.includes(bucketOf(name)),
    );
    expect(names.toSorted()).toEqual(there.sort());
    expect(names.length).toBeLessThan(DRIFTED.length / 4);
  });

  test("two tables", async () => {
    await withTables([COMPOSITE, COMPOSITE], async (ours, theirs) => {
      await ours.load(RECORDS.map(asItem));
      await theirs.load(DRIFTED.map(asItem));
      const sources = ["--source-a", ours.location, "--source-b", theirs.location, "--segments", "3"];
      const { code, stdout } = await diff(a, b, ...sources);
      expect([code, found(stdout)]).toEqual([1, EXPECTED.map(tableOrder).sort()]);
      const json = (await diff(a, b, ...sources, "--json")).stdout.trim().split("\n");
      const kinds = json.map((line) => JSON.parse(line)).filter(({ event }) => event === "discrepancy");
      const changed = kinds.find(({ kind, key }) => kind === "different" && key.at.N === "500");
      expect(kinds).toHaveLength(EXPECTED.length);
      expect(changed?.attributes).toEqual({ total: { primary: { N: "50.37" }, replica: { N: "50.38" } } });
    });
  });

  test("a table with another key is refused", async () => {
    await withTables([ID_KEY], async ({ location }) => {
      const { code, stderr } = await diff(a, b, "--source-a", plain, "--source-b", location);
      expect([code, stderr]).toEqual([2, expect.stringContaining("the keys are not the same")]);
    });
  });

  test("a folder whose objects are named by the key the other way round, or by MD5", async () => {
    const reversed = (record: Wire, algorithm = "sha256") =>
      createHash(algorithm)
        .update(JSON.stringify({ id: record.id, at: record.at }))
        .digest("hex");
    const older = join(folder, "older");
    const directory: TestPlace = { ...place, kind: "directory", url: folder };
    await writeFolder(directory, "older", DRIFTED.slice(0, 100), (record) => reversed(record));
    await writeFolder(directory, "older", DRIFTED.slice(100), (record) => reversed(record, "md5"));
    const { code, stdout } = await diff(a, b, "--source-a", plain, "--source-b", older);
    expect([code, found(stdout)]).toEqual([1, EXPECTED]);
    expect(stdout).not.toContain("has changed");
  });

  test("what has changed since is said", async () => {
    const { code, stdout } = await diff(a, b, "--source-a", plain, "--source-b", plain);
    expect([code, found(stdout)]).toEqual([1, []]);
    expect(stdout).toContain(
      `b has changed since its fingerprint was taken, in ${BUCKETS.length} of these buckets`,
    );
    expect(stdout).toContain("0 discrepancies now");
  });
});

describe("manifests", () => {
  test("of a snapshot, here and on S3", async () => {
    const words = ["incremental-snapshot", `${place.url}/inc`, `${place.url}/snap.gz`, "--manifest"];
    expect((await runDdbr([...words, ...place.options()], { env: place.env })).code).toBe(0);
    const onS3 = await diff(b, `${place.url}/snap.gz.manifest.json`, ...place.options());
    expect([onS3.code, onS3.stdout]).toEqual([0, expect.stringContaining("equal")]);
    const copy = join(folder, "manifest.json");
    writeFileSync(copy, (await place.get("snap.gz.manifest.json"))!);
    expect((await diff(a, copy)).code).toBe(1);
    expect((await diff(`file://${copy}`, copy)).code).toBe(0);
  });
});

describe("refused", () => {
  const file = (name: string, value: unknown) => {
    writeFileSync(join(folder, name), typeof value === "string" ? value : JSON.stringify(value));
    return join(folder, name);
  };
  const read = () => JSON.parse(readFileSync(a, "utf8"));

  test.each<[string, () => string[], string]>([
    ["a file that is not there", () => [a, join(folder, "nothing")], "cannot be read"],
    ["no JSON", () => [a, file("text", "hello")], "is not JSON"],
    ["no fingerprint", () => [a, file("other", { format: "x" })], "is no fingerprint"],
    ["a later version", () => [a, file("later", { ...read(), version: 2 })], "version that is not known"],
    ["an altered one", () => [a, file("altered", { ...read(), items: 1 })], "does not match its digest"],
    [
      "a manifest without one",
      () => [a, file("without", { format: "ddbr-backup", version: 1 })],
      "holds no fingerprint",
    ],
    [
      "another key",
      () => [a, file("key", { ...read(), key: [{ name: "x", type: "S" }] })],
      "the keys are not the same",
    ],
    ["one source", () => [a, b, "--source-a", "./x"], "--source-a needs --source-b"],
    ["no place", () => [a, b, "--source-a", "x", "--source-b", "y"], "is neither a table nor a place"],
  ])("%s", async (_, words, problem) => {
    const { code, stdout, stderr } = await diff(...words());
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(problem);
    expect(stderr.trim().split("\n")).toHaveLength(1);
  });
});
