import { describe, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { refuseMisspelt } from "../../../src/core/restore/refuse-source.ts";
import type {
  PartPage,
  PartPosition,
  RestoreSource,
  SourceRecord,
} from "../../../src/core/restore/restore-source.ts";
import { STORE_KINDS, withPlace } from "../../helpers/stores.ts";
import { writeDump } from "../../job/restore-fixture.ts";
import { ids, record } from "../helpers/items.ts";
import { failureOf, jsonOf, withSource } from "./opened.ts";
import { nameOf } from "./stored-history.ts";

const SCHEMA = [{ name: "id", type: "S" }] as const;
const { signal } = new AbortController();

interface ReadPart {
  pages: PartPage[];
  records: string[];
  foreign: string[];
}

async function readPart(
  source: RestoreSource,
  part: number,
  parts: number,
  from?: PartPosition,
): Promise<ReadPart> {
  const read: ReadPart = { pages: [], records: [], foreign: [] };
  const reading = {
    part,
    parts,
    from,
    schema: SCHEMA,
    signal,
    foreign: (object: string) => void read.foreign.push(object),
    check: ({ item }: SourceRecord) => refuseMisspelt(source, SCHEMA, item!),
  };
  for await (const page of source.parts!.read(reading)) {
    // As it comes out of a checkpoint.
    read.pages.push(JSON.parse(JSON.stringify(page)));
    read.records.push(...page.records.map(({ item }) => JSON.stringify(item)));
  }
  return read;
}

async function readAllParts(source: RestoreSource, parts: number): Promise<ReadPart[]> {
  return Promise.all(Array.from({ length: parts }, (_, part) => readPart(source, part, parts)));
}

/** From every position of a part on, what comes is what has not come yet. */
async function expectResumable(source: RestoreSource, part: number, parts: number): Promise<void> {
  const { pages, records } = await readPart(source, part, parts);
  let before = 0;
  for (const page of pages) {
    before += page.records.length;
    const rest = await readPart(source, part, parts, page.reached);
    expect(rest.records.toSorted()).toEqual(records.slice(before).toSorted());
  }
}

describe.each(STORE_KINDS)("a source in parts (%s)", (kind) => {
  test("a folder: each record in one part, by the object that counts; what is none is told once", () =>
    withPlace(kind, async (place) => {
      const items = ids(230).map((id, at) => ({ id: { S: id }, v: { N: `${at}` } }));
      const key = (index: number) => ({ id: items[index]!.id });
      const put = (name: string, body: object | string) =>
        place.put(`orders/${name}`, typeof body === "string" ? body : JSON.stringify(body));
      await Promise.all(
        items.map(async (item, index) => {
          // Every tenth has been written by an older tool, of which every other was written again since.
          if (index % 10 === 0)
            await put(nameOf(key(index), "md5"), index % 20 === 0 ? item : { ...item, old: { S: "x" } });
          if (index % 20 !== 0) await put(nameOf(key(index)), item);
        }),
      );
      const strange = createHash("sha256").update("strange").digest("hex");
      const notItsOwn = createHash("sha256").update("not its own").digest("hex");
      await put("readme", "x");
      await put(strange, "no record");
      await put(notItsOwn, items[1]!);
      await withSource(place, "orders", {}, async (source) => {
        for (const parts of [1, 3, 40]) {
          const read = await readAllParts(source, parts);
          expect(read.flatMap(({ records }) => records).sort()).toEqual(jsonOf(items));
          expect(read.flatMap(({ foreign }) => foreign).sort()).toEqual(
            ["readme", notItsOwn, strange].sort(),
          );
        }
        await expectResumable(source, 0, 1);
        await expectResumable(source, 1, 2);
      });
    }));

  test("a dump: each file in one part, given out from any record on", () =>
    withPlace(kind, async (place) => {
      const items = ids(700).map((id, at) => record(id, at));
      await writeDump(place, "dump", items, 3);
      await withSource(place, "dump", {}, async (source) => {
        expect(source.parts!.most).toBe(3);
        for (const parts of [1, 2, 3, 5]) {
          const read = await readAllParts(source, parts);
          expect(read.flatMap(({ records }) => records).sort()).toEqual(jsonOf(items));
        }
        await expectResumable(source, 0, 1);
        await expectResumable(source, 0, 2);
      });
    }));

  test("nothing comes of a file that is damaged at its end, but of those before it", () =>
    withPlace(kind, async (place) => {
      await writeDump(place, "dump", ids(300).map(record), 2);
      const body = (await place.get("dump/1.json.gz"))!;
      await place.put("dump/1.json.gz", body.subarray(0, body.length - 9));
      await withSource(place, "dump", {}, async (source) => {
        const pages: PartPage[] = [];
        const reading = {
          part: 0,
          parts: 1,
          from: undefined,
          schema: SCHEMA,
          signal,
          foreign() {},
          check() {},
        };
        const { text } = await failureOf(
          (async () => {
            for await (const page of source.parts!.read(reading)) pages.push(page);
          })(),
        );
        expect(text).toContain("dump/1.json.gz");
        expect(pages.flatMap(({ records }) => records).length).toBe(150);
      });
    }));
});
