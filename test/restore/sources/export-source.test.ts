import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { gunzipSync, gzipSync } from "node:zlib";
import { newPlace, STORE_KINDS, type TestPlace, withPlace } from "../../helpers/stores.ts";
import { failureOf, jsonOf, readAll, readPlace, withSource } from "./opened.ts";
import {
  type ExportedChange,
  type ExportSettings,
  type Wire,
  writeFullExport,
  writeIncrementalExport,
} from "./write-export.ts";

const ITEMS: Wire[] = Array.from({ length: 50 }, (_, at) => ({
  id: { S: `product-${at}` },
  price: { N: `${at}.12345678901234567890123456789012345` },
  ...(at % 3 === 0 && { photo: { B: "AAECAw==" }, tags: { SS: ["a", "ü"] } }),
}));
/** An item with an attribute that is called as the export's own member. */
ITEMS.push({ id: { S: "nested" }, Item: { M: { S: { S: "x" } } } });

const image = (id: string, price: string): Wire => ({ id: { S: id }, at: { N: "5" }, price: { N: price } });
const keys = (id: string): Wire => ({ id: { S: id }, at: { N: "5" } });
const CHANGES: ExportedChange[] = [
  { keys: keys("made"), after: image("made", "1") },
  { keys: keys("changed"), before: image("changed", "1"), after: image("changed", "2") },
  { keys: keys("deleted"), before: image("deleted", "3") },
  { keys: keys("also-deleted"), before: image("also-deleted", "4") },
];
const LEFT = [image("made", "1"), image("changed", "2")];
const DELETED = [keys("deleted"), keys("also-deleted")];

for (const kind of STORE_KINDS) {
  describe(`DynamoDB's exports, on ${kind}`, () => {
    let place: TestPlace;
    beforeAll(async () => {
      place = await newPlace(kind);
    });
    afterAll(() => place.drop());

    let number = 0;
    const full = (settings: ExportSettings = {}) =>
      writeFullExport(place, ITEMS, { prefix: `full-${++number}/`, ...settings });
    const incremental = (settings: ExportSettings = {}) =>
      writeIncrementalExport(place, CHANGES, "NEW_AND_OLD_IMAGES", {
        prefix: `inc-${++number}/`,
        ...settings,
      });

    test("a full one holds every item, exactly, and says of when it is", async () => {
      const { folder } = await full();
      await withSource(place, folder, {}, async (source) => {
        expect(source).toMatchObject({
          kind: "export",
          name: `${place.url}/${folder}`,
          asOf: Date.parse("2026-11-04T07:28:34.028Z"),
          items: ITEMS.length,
          bytes: 1234,
        });
        const expected = { items: jsonOf(ITEMS), deleted: [], foreign: [] };
        expect(await readAll(source)).toEqual(expected);
        expect(await readAll(source)).toEqual(expected);
      });
    });

    test.each(["NEW_AND_OLD_IMAGES", "NEW_IMAGE"] as const)(
      "an incremental one of %s says what changed",
      async (view) => {
        const prefix = `view-${view}/`;
        // Others' data lies in the same folder.
        await writeIncrementalExport(place, [{ keys: keys("x") }], view, { prefix, id: "0other", files: 5 });
        const { folder } = await writeIncrementalExport(place, CHANGES, view, { prefix });
        await withSource(place, folder, {}, async (source) => {
          expect(source).toMatchObject({
            kind: "changes",
            asOf: Date.parse("2026-11-03T18:00:00.000Z"),
            items: CHANGES.length,
          });
          expect(await readAll(source)).toEqual({
            items: jsonOf(LEFT),
            deleted: jsonOf(DELETED),
            foreign: [],
          });
        });
      },
    );

    test("one is found from above, where there is no other, and by its documented names", async () => {
      const prefix = "above/";
      await writeFullExport(place, ITEMS, { prefix, checksums: ".checksum" });
      for (const path of ["above", "above/AWSDynamoDB"]) {
        expect((await readPlace(place, path)).items).toHaveLength(ITEMS.length);
      }
      await writeFullExport(place, ITEMS, { prefix, id: "02-second" });
      const { code, text } = await failureOf(readPlace(place, "above"));
      expect(code).toBe("usage");
      expect(text).toMatch(/holds 2 exports .* - name one of them, such as .*above\/AWSDynamoDB\/02-second/);
    });

    test("a copy elsewhere is read from there, not from where it was made", async () => {
      const made = { full: await full(), incremental: await incremental() };
      await withPlace(kind, async (other) => {
        const move = async (from: string, to: string) => {
          for (const key of await place.keys(from)) {
            await other.put(to + key.slice(from.length + 1), (await place.get(key))!);
            await place.remove(key);
          }
        };
        await move(made.full.folder, "");
        expect((await readPlace(other, "")).items).toEqual(jsonOf(ITEMS));
        await move(made.incremental.folder, "moved/renamed/");
        await move(made.incremental.folder.replace(/\/[^/]*$/, ""), "moved/");
        expect((await readPlace(other, "moved/renamed")).deleted).toEqual(jsonOf(DELETED));
      });
    });

    test("partitions without items have empty files", async () => {
      const { folder } = await writeFullExport(place, ITEMS.slice(0, 1), { prefix: "few/", files: 4 });
      expect((await readPlace(place, folder)).items).toEqual(jsonOf(ITEMS.slice(0, 1)));
      const none = await writeFullExport(place, [], { prefix: "none/" });
      expect((await readPlace(place, none.folder)).items).toEqual([]);
    });

    describe("is refused, with the file,", () => {
      async function refused(folder: string, file: string, says: RegExp, expected = "damaged") {
        const { code, text } = await failureOf(readPlace(place, folder));
        expect(text).toContain(`${place.url}/${file}: `);
        expect(text).toMatch(says);
        expect(code).toBe(expected);
      }

      // What is made of the bytes does not depend on where they come from.
      const exports = kind === "s3" ? [full] : [full, incremental];
      const manifests = kind === "s3" ? ["manifest-files"] : ["manifest-summary", "manifest-files"];

      test("when a data file is cut, changed, exchanged or missing", async () => {
        for (const make of exports) {
          const { folder, data } = await make();
          const [file = ""] = data;
          const whole = (await place.get(file))!;
          const lines = gunzipSync(whole).toString();
          await place.put(file, whole.subarray(0, whole.length - 12));
          await refused(folder, file, /cut short or corrupted/);
          await place.put(file, gzipSync(lines.replace(/"N":"\d/, '"N":"9')));
          await refused(folder, file, /its MD5 is not what its manifest says/);
          await place.remove(file);
          await refused(folder, file, /is not there/, "no-such-object");
          if (kind === "s3") continue;
          await place.put(file, "");
          await refused(folder, file, /holds 0 items, its manifest says/);
          await place.put(file, gzipSync(lines, { level: 0 }));
          await refused(folder, file, /its MD5 is not what its manifest says/);
          await place.put(file, gzipSync(`${lines}{"Keys":{},"Item":{}}\n`));
          await refused(folder, file, /line \d+ holds no (exported item|change of a record)/);
          await place.put(file, whole);
          await readPlace(place, folder);
        }
      });

      test("when a manifest or its checksum is changed or missing", async () => {
        const { folder } = await full();
        for (const name of manifests) {
          const [json, checksum] = [`${folder}/${name}.json`, `${folder}/${name}.md5`];
          const [text, sum] = [(await place.get(json))!, (await place.get(checksum))!];
          await place.put(json, `${text} `);
          await refused(folder, json, new RegExp(`its MD5 is not what ${name}\\.md5 says`));
          await place.put(json, text);
          await place.put(checksum, "AAAAAAAAAAAAAAAAAAAAAA==");
          await refused(folder, json, /its MD5/);
          await place.remove(checksum);
          await refused(folder, checksum, /is not there/, "no-such-object");
          await place.put(checksum, sum);
          await place.remove(json);
          await refused(folder, json, /is not there - .*has not ended/, "no-such-object");
          await place.put(json, text);
        }
        expect((await readPlace(place, folder)).items).toHaveLength(ITEMS.length);
      });

      test("when counts differ, in a file or in all", async () => {
        const more = (file: Wire) => ({ ...file, itemCount: Number(file.itemCount) + 1 });
        const lines = await full({ file: more, summary: (all) => ({ ...all, itemCount: ITEMS.length + 3 }) });
        const { text } = await failureOf(readPlace(place, lines.folder));
        expect(text).toMatch(/data\/[abc]asdl123dasas\.json\.gz: holds 17 items, its manifest says 18/);
        const { folder } = await full({ summary: (all) => ({ ...all, itemCount: 7 }) });
        await refused(folder, `${folder}/manifest-summary.json`, /says 7 items, and manifest-files\.json 51/);
      });

      test("when it is in another form", async () => {
        const { folder } = await full({ summary: (all) => ({ ...all, outputFormat: "ION" }) });
        const summary = `${folder}/manifest-summary.json`;
        await refused(folder, summary, /in Amazon Ion.* - .*DYNAMODB_JSON/, "usage");
      });

      test("when the manifest leads out of the export", async () => {
        const { folder } = await full({
          file: (file) => ({ ...file, dataFileS3Key: "../../../etc/passwd" }),
        });
        await refused(folder, `${folder}/manifest-files.json`, /names no file/);
      });

      test("when a change is of another record than it says", async () => {
        const changes = [{ keys: keys("a"), after: image("b", "1") }];
        const { folder, data } = await writeIncrementalExport(place, changes, "NEW_IMAGE", {
          prefix: "wrong/",
          files: 1,
        });
        await refused(folder, data[0]!, /line 1 holds no change of a record/);
      });
    });
  });
}
