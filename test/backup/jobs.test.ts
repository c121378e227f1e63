import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { rmSync } from "node:fs";
import { order } from "../helpers/orders.ts";
import { STORE_KINDS, type TestPlace, withPlace } from "../helpers/stores.ts";
import { createTable, type TestTable } from "../helpers/table.ts";
import { backedUp, backUp, expectWhole, readManifest } from "./dump.ts";
import { type RawSegment, rawSegments } from "./raw-table.ts";

const SEGMENTS = 4;
let table: TestTable;
let other: TestTable;
let segments: RawSegment[];

beforeAll(async () => {
  [table, other] = await Promise.all([createTable(), createTable()]);
  await table.load(Array.from({ length: 500 }, (_, number) => order(`order-${number}`)));
  await other.put(order("elsewhere"));
  segments = await rawSegments(table.name, SEGMENTS);
});

afterAll(() => Promise.all([table.drop(), other.drop()]));

const IN_FOUR = ["--segments", `${SEGMENTS}`];
const part = (segment: number) => ["--segment", `${segment}`, ...IN_FOUR];

async function expectRefused(place: TestPlace, words: string[], says: RegExp[], from = table): Promise<void> {
  const before = await contents(place);
  const { code, stdout, stderr } = await backUp(from.location, place, words);
  expect({ code, stdout }, stderr).toEqual({ code: 2, stdout: "" });
  expect(stderr).toMatch(/^ddbr: [^\n]+ - [^\n]+\n$/);
  for (const part of says) expect(stderr).toMatch(part);
  expect(await contents(place), "nothing is written").toEqual(before);
}

async function contents(place: TestPlace): Promise<Record<string, string>> {
  const entries = (await place.keys()).map(async (key) => [key, `${Bun.hash((await place.get(key))!)}`]);
  return Object.fromEntries(await Promise.all(entries));
}

function folderIn(place: TestPlace, folder: string): TestPlace {
  return {
    ...place,
    url: `${place.url}/${folder}`,
    get: (key) => place.get(`${folder}/${key}`),
    async keys(under) {
      const keys = await place.keys(under === undefined ? folder : `${folder}/${under}`);
      return keys.map((key) => key.slice(folder.length + 1));
    },
  };
}

describe.each(STORE_KINDS)("on %s", (kind) => {
  const inPlace = (body: (place: TestPlace) => Promise<void>) => () => withPlace(kind, body);

  test(
    "segments written by processes of their own: the last to finish writes the manifest",
    inPlace(async (place) => {
      await backedUp(table.location, place, "--jobid", "j", ...part(2));
      await Promise.all(
        [0, 3].map((segment) => backedUp(table.location, place, "--jobid", "j", ...part(segment))),
      );
      expect(await place.keys()).toEqual(
        [0, 2, 3].flatMap((segment) => [`j/${segment}`, `j/receipts/${segment}.json`]).sort(),
      );
      const { stdout } = await backedUp(table.location, place, "--jobid", "j", ...part(1));
      expect(stdout).toContain("1 of 4 segments");
      await expectWhole(place, "j", segments);
    }),
  );

  test(
    "processes that finish at the same time leave no job without a manifest",
    inPlace(async (place) => {
      const all = segments.map((_, segment) =>
        backedUp(table.location, place, "--jobid", "j", ...part(segment)),
      );
      await Promise.all(all);
      await expectWhole(place, "j", segments);
    }),
  );

  test(
    "a job that is there is refused, with a hint",
    inPlace(async (place) => {
      const HINT = [/\/j: /, /--resume/, /--overwrite/, /another --jobid/];
      await backedUp(table.location, place, "--jobid", "j", ...part(0));
      await expectRefused(place, ["--jobid", "j", ...IN_FOUR], [/segment 0 is there already/, ...HINT]);
      await expectRefused(place, ["--jobid", "j", ...part(0)], [/segment 0 is there already/, ...HINT]);
      const EXPORT = ["--format", "export"];
      await expectRefused(place, ["--jobid", "j", ...part(0), ...EXPORT], [/segment 0 is there/, ...HINT]);
      const BEGUN = /begun with .* - .*another --jobid/;
      await expectRefused(place, ["--jobid", "j", ...part(1), ...EXPORT], [BEGUN, /--format items/]);
      await expectRefused(
        place,
        ["--jobid", "j", "--segment", "1", "--segments", "5"],
        [BEGUN, /4 segments/],
      );
      for (const segment of [1, 2, 3])
        await backedUp(table.location, place, "--jobid", "j", ...part(segment));
      await expectRefused(
        place,
        ["--jobid", "j", "--segment", "7", "--segments", "8"],
        [/job is there/, ...HINT],
      );
      await expectWhole(place, "j", segments);
    }),
  );

  test(
    "--resume keeps what is whole and does the rest, in as many segments as it was begun with",
    inPlace(async (place) => {
      for (const segment of [1, 3]) await backedUp(table.location, place, "--jobid", "j", ...part(segment));
      // A file without a receipt, as one that was killed between the two leaves it, and a receipt without a file.
      await place.put("j/0", "half of somethi");
      await place.remove("j/3");
      const kept = (await place.get("j/receipts/1.json"))!.toString();
      const { stdout } = await backedUp(table.location, place, "--jobid", "j", "--resume");
      expect(stdout).toContain("[segment] 1 was done before");
      expect(stdout).toMatch(/\d+ items written to .*\/j\/, \d+ there already/);
      await expectWhole(place, "j", segments);
      expect((await place.get("j/receipts/1.json"))!.toString()).toBe(kept);
      // Of a whole job nothing is written any more.
      const before = await contents(place);
      await backedUp(table.location, place, "--jobid", "j", "--resume");
      expect(await contents(place)).toEqual(before);
    }),
  );

  test(
    "--resume writes the manifest where it alone is missing",
    inPlace(async (place) => {
      await backedUp(table.location, place, "--jobid", "j", ...IN_FOUR);
      await place.remove("j/manifest.json");
      const before = await contents(place);
      await backedUp(table.location, place, "--jobid", "j", "--resume");
      await expectWhole(place, "j", segments);
      expect(await contents(place)).toMatchObject(before);
    }),
  );

  test(
    "--resume of what has not begun begins it",
    inPlace(async (place) => {
      await backedUp(table.location, place, "--jobid", "j", "--resume", ...IN_FOUR);
      await expectWhole(place, "j", segments);
    }),
  );

  test(
    "--resume refuses another table, number of segments, format and compression",
    inPlace(async (place) => {
      await backedUp(table.location, place, "--jobid", "j", ...part(0));
      const resume = ["--jobid", "j", "--resume"];
      const BEGUN = /begun with .* - .*another --jobid/;
      await expectRefused(place, [...resume, "--segments", "5"], [BEGUN, /4 segments/]);
      await expectRefused(place, [...resume, "--format", "export"], [BEGUN, /--format items/]);
      await expectRefused(place, [...resume, "--compress", "none"], [BEGUN, /--compress gzip/]);
      await expectRefused(place, resume, [BEGUN, new RegExp(`another table, .*${table.name}`)], other);
    }),
  );

  test(
    "--overwrite writes all anew, whatever was there, and leaves nothing of it",
    inPlace(async (place) => {
      await place.put("k/0", "somebody else's");
      await backedUp(other.location, place, "--jobid", "j", "--segments", "6", "--format", "export");
      await backedUp(table.location, place, "--jobid", "j", "--overwrite", "--segments", "5");
      await backedUp(table.location, place, "--jobid", "j", "--overwrite", ...IN_FOUR, "--compress", "none");
      await expectWhole(place, "j", segments);
      expect((await place.get("k/0"))!.toString()).toBe("somebody else's");
    }),
  );

  test(
    "--overwrite leaves alone what is not this job's, whatever it is called",
    inPlace(async (place) => {
      const others = ["j/2019", "j/6", "j/data/2019.json", "j/receipts/2019.json"];
      for (const name of others) await place.put(name, `content of ${name}`);
      await backedUp(table.location, place, "--jobid", "j", "--overwrite", ...IN_FOUR);
      await backedUp(table.location, place, "--jobid", "j", "--overwrite", "--segments", "3");
      for (const name of others) expect((await place.get(name))!.toString()).toBe(`content of ${name}`);
      const job = [0, 1, 2].flatMap((segment) => [`j/${segment}`, `j/receipts/${segment}.json`]);
      expect(await place.keys()).toEqual([...job, ...others, "j/manifest.json"].sort());
    }),
  );

  test(
    "--overwrite takes away what a run that was killed has left of a larger job",
    inPlace(async (place) => {
      await backedUp(other.location, place, "--jobid", "j", "--segments", "6", "--format", "export");
      // As after a kill between a file and its receipt.
      for (const name of ["manifest.json", "receipts/5.json"]) await place.remove(`j/${name}`);
      await place.put("j/receipts/0.json", "{}");
      await backedUp(table.location, place, "--jobid", "j", "--overwrite", ...IN_FOUR);
      await expectWhole(place, "j", segments);
    }),
  );

  test(
    "--resume refuses a job with a segment of another kind",
    inPlace(async (place) => {
      await backedUp(table.location, place, "--jobid", "j", ...IN_FOUR);
      const receipt = JSON.parse((await place.get("j/receipts/2.json"))!.toString());
      await place.put("j/receipts/2.json", JSON.stringify({ ...receipt, compression: "zstd" }));
      for (const compression of ["gzip", "zstd"]) {
        await expectRefused(
          place,
          ["--jobid", "j", "--resume", "--compress", compression],
          [/begun with --compress /],
        );
      }
    }),
  );

  test(
    "--resume writes a manifest anew that is not what the receipts say",
    inPlace(async (place) => {
      await backedUp(table.location, place, "--jobid", "j", ...IN_FOUR);
      const manifest = (await readManifest(place, "j"))!;
      const [first, ...rest] = manifest.files;
      const older = { ...first, sha256: "0".repeat(64) };
      for (const wrong of [
        JSON.stringify({ ...manifest, files: [older, ...rest] }),
        "null",
        "half of someth",
      ]) {
        await place.put("j/manifest.json", wrong);
        await backedUp(table.location, place, "--jobid", "j", "--resume");
        expect((await expectWhole(place, "j", segments)).files).toEqual(manifest.files);
      }
    }),
  );

  test(
    "a damaged receipt is named, and --overwrite mends it",
    inPlace(async (place) => {
      await backedUp(table.location, place, "--jobid", "j", ...IN_FOUR);
      for (const damaged of [
        '{"format":"ddbr-rec',
        "[]",
        "null",
        '{"format":"ddbr-receipt","version":1,"file":{}}',
      ]) {
        await place.put("j/receipts/0.json", damaged);
        await expectRefused(place, ["--jobid", "j", "--resume", ...IN_FOUR], [/j\/receipts\/0\.json: is no/]);
      }
      await backedUp(table.location, place, "--jobid", "j", "--overwrite", ...IN_FOUR);
      await expectWhole(place, "j", segments);
    }),
  );

  test(
    "job ids and folders of odd characters",
    inPlace(async (place) => {
      const odd = ["a b+c%20&=?#é😀", "..j", "-dash", "2026-11-23T08:00:00Z", "'\"\\"];
      for (const [at, job] of odd.entries()) {
        const folder = folderIn(place, `${odd.at(at - 1)}/${job}`);
        await backedUp(table.location, folder, `--jobid=${job}`, ...part(0));
        await backedUp(table.location, folder, `--jobid=${job}`, "--resume");
        await expectWhole(folder, job, segments);
      }
    }),
  );

  test(
    "a job without an id gets one of its own, and is told of",
    inPlace(async (place) => {
      const runs = [0, 1].map(() => backedUp(table.location, place, ...IN_FOUR));
      const ids = (await Promise.all(runs)).map(
        ({ stdout }) => /written to .*\/([0-9a-f]{16})\/\n/.exec(stdout)![1]!,
      );
      expect(new Set(ids).size).toBe(2);
      for (const id of ids) await expectWhole(place, id, segments);
    }),
  );
});

test("a directory that is not there yet is made", () =>
  withPlace("directory", async (place) => {
    rmSync(place.url, { recursive: true });
    await backedUp(table.location, place, "--jobid", "j", ...IN_FOUR);
    await expectWhole(place, "j", segments);
  }));

test("a bucket without versions does as well", () =>
  withPlace(
    "s3",
    async (place) => {
      await backedUp(table.location, place, "--jobid", "j", ...IN_FOUR);
      await backedUp(table.location, place, "--jobid", "j", ...IN_FOUR, "--overwrite");
      await expectWhole(place, "j", segments);
    },
    { versioned: false },
  ));
