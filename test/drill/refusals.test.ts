import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { CLOSED, expectRefused } from "../bad-input/refusal.ts";
import { newPlace, type TestPlace } from "../helpers/stores.ts";
import { createTable, type TestTable } from "../helpers/table.ts";
import { writeIncrementalExport } from "../restore/sources/write-export.ts";

let place: TestPlace;
let other: TestTable;

beforeAll(async () => {
  place = await newPlace("directory");
  await place.put("items", `{"id":{"S":"a"}}\n`);
  other = await createTable({ hash: { name: "else", type: "N" } });
});

afterAll(async () => {
  await place.drop();
  await other.drop();
});

const KEY = ["--key-schema", "id:S"];

describe("ddbr drill refuses", () => {
  test.each<[what: string, words: string[], says: RegExp[]]>([
    ["no place for the table", [], [/a place for the scratch table is missing/, /--local/]],
    ["two places for it", ["--local", "--scratch", "us-east-1"], [/--scratch contradicts --local/]],
    ["an ARN", ["--scratch", "arn:aws:dynamodb:us-east-1:123456789012:table/t"], [/--scratch is an ARN/]],
    ["no region", ["--scratch", "here/drill"], [/neither a region/]],
    ["no server", ["--scratch", "ftp://127.0.0.1:1"], [/no way to reach a table/]],
    ["a key that is none", ["--local", "--key-schema", "id"], [/--key-schema is "id"/]],
    ["two ways to tell the key", ["--local", ...KEY, "--like", "us-east-1/t"], [/--like contradicts/]],
    ["a price below nothing", ["--local", ...KEY, "--read-price", "-1"], [/--read-price/]],
    ["one file for both", ["--local", "--report", "x", "--page", "x"], [/name the same file/]],
    ["a file nowhere", ["--local", "--report", "no/where/x"], [/no\/where\/x/, /cannot be written/]],
    ["a role for no table", ["--local", "--against-profile", "p"], [/need --against/]],
    ["a file of an unknown key", ["--local"], [/does not say what the table's key is/, /--key-schema/]],
    ["a moment of a file", ["--local", "--at", "2026-01-01"], [/--at goes with an incremental folder/]],
    ["a server that is not there", ["--scratch", CLOSED, ...KEY, "--patience", "0"], [/cannot reach/]],
  ])("%s", async (_, words, says) => {
    await expectRefused(["drill", `${place.url}/items`, ...words], says);
  });

  test("a place where nothing is", async () => {
    await expectRefused(["drill", `${place.url}/nothing`, "--local"], [/nothing to restore from/]);
  });

  test("a live table with another key", async () => {
    await expectRefused(
      ["drill", `${place.url}/items`, "--local", ...KEY, "--against", other.location],
      [/has the key "else" \(N\), and the backup "id" \(S\)/],
    );
  });

  test("an export of changes alone", async () => {
    const { folder } = await writeIncrementalExport(
      place,
      [{ keys: { id: { S: "a" } }, after: { id: { S: "a" } } }],
      "NEW_IMAGE",
    );
    const line = await expectRefused(
      ["drill", `${place.url}/${folder}`, "--local", ...KEY],
      [/incremental export does not hold all records/],
    );
    expect(line).not.toContain("--mode");
  });
});
