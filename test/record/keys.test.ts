import { describe, expect, test } from "bun:test";
import { describeError } from "../../src/core/errors.ts";
import type { KeySchema, WireKey } from "../../src/core/item/attribute-value.ts";
import { parseKeyLine } from "../../src/core/record/key-line.ts";
import { KeyList } from "../../src/core/record/key-list.ts";
import { textLines } from "../../src/core/record/text-lines.ts";

const ID: KeySchema = [{ name: "id", type: "S" }];
const ID_AT: KeySchema = [
  { name: "id", type: "S" },
  { name: "at", type: "N" },
];
/** A table may call its key as a report calls its members. */
const ODD: KeySchema = [
  { name: "key", type: "S" },
  { name: "kind", type: "S" },
];

describe("a line names a record", () => {
  const long = "12345678901234567890123456789012345678";
  test.each<[string, string, KeySchema, WireKey | undefined]>([
    ["as people write it", '{"id":"a","at":5}', ID_AT, { id: { S: "a" }, at: { N: "5" } }],
    [
      "in wire form, in another order",
      '{"at":{"N":"5"},"id":{"S":"a"}}',
      ID_AT,
      { id: { S: "a" }, at: { N: "5" } },
    ],
    ["with all its digits", `{"id":"a","at":${long}}`, ID_AT, { id: { S: "a" }, at: { N: long } }],
    ["a report's", '{"kind":"missing","key":{"id":{"S":"a"}},"attributes":{}}', ID, { id: { S: "a" } }],
    [
      "a report's, by hand",
      `{"kind":"x","key":{"id":"a","at":${long}}}`,
      ID_AT,
      { id: { S: "a" }, at: { N: long } },
    ],
    ["an undone one", '{"kind":"undone","key":{"id":{"S":"a"}},"reason":"x"}', ID, { id: { S: "a" } }],
    [
      "an event's",
      '{"event":"record","time":"t","key":{"id":{"S":"a"}},"primary":null}',
      ID,
      { id: { S: "a" } },
    ],
    ["a segment's", '{"kind":"undone","segment":3,"reason":"x"}', ID, undefined],
    ["progress", '{"event":"progress","totals":{}}', ID, undefined],
    ["a value that looks like it", '{"id":"\\"kind\\""}', ID, { id: { S: '"kind"' } }],
    ["an odd table's key", '{"key":"a","kind":"b"}', ODD, { key: { S: "a" }, kind: { S: "b" } }],
    [
      "an odd table's report",
      '{"kind":"missing","key":{"key":{"S":"a"},"kind":{"S":"b"}},"attributes":{}}',
      ODD,
      { key: { S: "a" }, kind: { S: "b" } },
    ],
  ])("%s", (_, line, schema, expected) => {
    expect(parseKeyLine(line, schema, "here")).toEqual(expected as never);
  });

  test.each<[string, string, RegExp]>([
    ["no JSON", "abc", /is not JSON/],
    ["JSON cut short", '{"kind":"missing","key":{"id"', /is not JSON/],
    ["no object", '["kind"]', /is not a JSON object/],
    [
      "another table's",
      '{"kind":"missing","key":{"other":{"S":"a"}},"attributes":{}}',
      /"other" is not a key attribute/,
    ],
    ["a whole item", '{"id":"a","text":"x"}', /"text" is not a key attribute/],
    ["the wrong type", '{"id":5}', /"id" is not a string/],
    ["empty", '{"id":""}', /"id" is empty/],
  ])("refused: %s", (_, line, says) => {
    const refused = () => parseKeyLine(line, ID, "keys.ndjson, line 7");
    expect(refused).toThrow(says);
    try {
      refused();
    } catch (error) {
      expect(describeError(error)).toMatch(/^keys\.ndjson, line 7: .* - the table's key is "id" \(S\)/);
    }
  });
});

describe("lines of a text", () => {
  const read = async (chunks: (string | Uint8Array)[]) => {
    const bytes = async function* () {
      for (const chunk of chunks) yield Buffer.from(chunk as string);
    };
    const lines: string[] = [];
    for await (const { number, text } of textLines(bytes(), "keys")) lines.push(`${number}${text}`);
    return lines;
  };

  test("in whatever pieces they come", async () => {
    expect(await read(["a\nb", "b\n", "\n", "c", "c", "\nd"])).toEqual(["1a", "2bb", "3", "4cc", "5d"]);
    expect(await read([])).toEqual([]);
    expect(await read(["\n"])).toEqual(["1"]);
  });

  test("a character that is cut in two, a byte order mark, separators that are none", async () => {
    const text = Buffer.from("\ufeffé\u2028x\n\ufeff");
    expect(await read([...text].map((byte) => Uint8Array.of(byte)))).toEqual(["1é\u2028x", "2\ufeff"]);
  });

  test("what is no text, or has no end, is refused with its line", async () => {
    await expect(read(["a\n", Uint8Array.of(0x66, 0xff, 0x0a)])).rejects.toMatchObject({
      subject: "keys, line 2",
    });
    const endless = Array.from({ length: 18 }, () => "x".repeat(1024 * 1024));
    await expect(read(["a\n", ...endless])).rejects.toMatchObject({ subject: "keys, line 2", code: "file" });
  });
});

test("a list gives its keys back in order, in batches without doubles, however many", () => {
  const list = new KeyList(ID_AT);
  const all = Array.from({ length: 3_500 }, (_, at) => ({
    id: { S: `k-"é\n${at}` },
    at: { N: String(-at) },
  }));
  for (const key of all) list.add(key);
  list.add(all[3_499]!);
  expect(list.count).toBe(3_501);
  const batches = [...list.batches(100)];
  expect(batches.map(({ length }) => length)).toEqual([...Array.from({ length: 35 }, () => 100), 1]);
  expect(batches.flat().slice(0, -1)).toEqual(all);
  expect([...list.batches(3_501)].flat()).toEqual(all);
  list.close();
});
