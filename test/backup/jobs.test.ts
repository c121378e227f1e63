import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { rmSync } from "node:fs";
import { order } from "../helpers/orders.ts";
import { STORE_KINDS, type TestPlace, withPlace } from "../helpers/stores.ts";
import { createTable, type TestTable } from "../helpers/table.ts";
import { backedUp, backUp, expectWhole, readManifest, untruths } from "./dump.ts";
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
    "--overwrite of one segment after the other: no manifest of old and new files",
    inPlace(async (place) => {
      await backedUp(table.location, place, "--jobid", "j", ...IN_FOUR);
      const zstd = ["--overwrite", "--compress", "zstd"];
      for (const segment of [3, 0, 1]) {
        await backedUp(table.location, place, "--jobid", "j", ...part(segment), ...zstd);
        expect(await readManifest(place, "j")).toBeUndefined();
        expect(await untruths(place, "j")).toEqual([]);
      }
      await backedUp(table.location, place, "--jobid", "j", ...part(2), ...zstd);
      await expectWhole(place, "j", segments);
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
