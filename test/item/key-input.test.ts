import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { DdbrError, describeError } from "../../src/core/errors.ts";
import type { KeySchema, WireKey } from "../../src/core/item/attribute-value.ts";
import { parseKey } from "../../src/core/item/key-input.ts";
import { KEY_SCHEMAS, keySchema, keysOf } from "./keys.ts";
import { structurallyEqual } from "./structural-equality.ts";
import { UNSAFE } from "./unsafe-text.ts";

const S: KeySchema = [{ name: "id", type: "S" }];
const N: KeySchema = [{ name: "at", type: "N" }];
const B: KeySchema = [{ name: "raw", type: "B" }];
const SN: KeySchema = [
  { name: "id", type: "S" },
  { name: "at", type: "N" },
];

describe("a key as people type it, and in wire form", () => {
  const KEYS: [KeySchema, string, WireKey][] = [
    [S, '{"id":"abc"}', { id: { S: "abc" } }],
    [S, '{"id":{"S":"abc"}}', { id: { S: "abc" } }],
    [S, ' { "id" : "a b" } ', { id: { S: "a b" } }],
    [S, '{"id":"5"}', { id: { S: "5" } }],
    [S, '{"id":"{\\"S\\":\\"x\\"}"}', { id: { S: '{"S":"x"}' } }],
    [S, '{"id":"😀\\u00e9\\ud83d\\ude00"}', { id: { S: "😀é😀" } }],
    [S, '{"id":"\\u001b[2J"}', { id: { S: "\u001b[2J" } }],
    [N, '{"at":5}', { at: { N: "5" } }],
    [N, '{"at":"5"}', { at: { N: "5" } }],
    [N, '{"at":{"N":"5"}}', { at: { N: "5" } }],
    [N, '{"at":-0.25}', { at: { N: "-0.25" } }],
    [N, '{"at":9007199254740993}', { at: { N: "9007199254740993" } }],
    [N, `{"at":${"9".repeat(38)}}`, { at: { N: "9".repeat(38) } }],
    [N, `{"at":"${"9".repeat(38)}"}`, { at: { N: "9".repeat(38) } }],
    [B, '{"raw":"AAE="}', { raw: { B: "AAE=" } }],
    [B, '{"raw":{"B":"AAE="}}', { raw: { B: "AAE=" } }],
    [B, '{"raw":"+/+/"}', { raw: { B: "+/+/" } }],
    [SN, '{"id":"abc","at":5}', { id: { S: "abc" }, at: { N: "5" } }],
    [SN, '{"at":{"N":"5"},"id":"abc"}', { id: { S: "abc" }, at: { N: "5" } }],
    [[{ name: "a.b", type: "S" }], '{"a.b":"x"}', { "a.b": { S: "x" } }],
    [[{ name: "S", type: "S" }], '{"S":"x"}', { S: { S: "x" } }],
    [[{ name: "S", type: "S" }], '{"S":{"S":"x"}}', { S: { S: "x" } }],
    [[{ name: "constructor", type: "N" }], '{"constructor":1}', { constructor: { N: "1" } }],
  ];

  test.each(KEYS)("%j understands %s", (schema, text, key) => {
    expect(parseKey(text, schema)).toEqual(key);
    expect(Object.keys(parseKey(text, schema))).toEqual(schema.map(({ name }) => name));
  });

  test("a key attribute that JavaScript knows", () => {
    const key = parseKey('{"__proto__":"x"}', [{ name: "__proto__", type: "S" }]);
    expect(JSON.stringify(key)).toBe('{"__proto__":{"S":"x"}}');
  });

  test("any key of any schema, in both forms", () => {
    const any = keySchema.chain((schema) => fc.tuple(fc.constant(schema), keysOf(schema)));
    fc.assert(
      fc.property(any, ([schema, key]) => {
        const human = Object.fromEntries(
          Object.entries(key).map(([name, value]) => [name, Object.values(value)[0]]),
        );
        for (const form of [key, human]) {
          expect(structurallyEqual(parseKey(JSON.stringify(form), schema), key)).toBe(true);
        }
      }),
      { numRuns: 1_000 },
    );
  });
});

const SCHEMA_TEXT = { S: '"id" (S)', N: '"at" (N)', B: '"raw" (B)', SN: '"id" (S) + "at" (N)' };
const SCHEMAS = { S, N, B, SN };

const WRONG: [keyof typeof SCHEMAS, string, RegExp][] = [
  ["S", "", /not JSON/],
  ["S", "abc", /not JSON/],
  ["S", "id=abc", /not JSON/],
  ["S", "{", /not JSON/],
  ["S", "{id:'abc'}", /not JSON/],
  ["S", '{"id":"abc"', /not JSON/],
  ["S", '{"id":"abc",}', /not JSON/],
  ["S", '{"id":"abc"} x', /not JSON/],
  ["S", '{"id":"\u001b[31m"}', /not JSON/],
  ["S", '{"id":undefined}', /not JSON/],
  ["S", '"abc"', /not a JSON object/],
  ["S", "5", /not a JSON object/],
  ["S", "12345678901234567890", /not a JSON object/],
  ["S", "null", /not a JSON object/],
  ["S", "true", /not a JSON object/],
  ["S", '["abc"]', /not a JSON object/],
  ["S", '[{"id":"abc"}]', /not a JSON object/],
  ["S", "{}", /"id" is missing/],
  ["S", '{"Id":"abc"}', /"Id" is not a key attribute/],
  ["S", '{"id":"abc","n":1}', /"n" is not a key attribute/],
  ["S", '{"__proto__":{"id":"abc"}}', /"__proto__" is not a key attribute/],
  ["S", '{"id":"abc","constructor":"x"}', /"constructor" is not a key attribute/],
  ["S", '{"id":"abc","\\u001b[31m":"x"}', /not a key attribute/],
  ["S", '{"id":5}', /"id" is not a string/],
  ["S", '{"id":true}', /"id" is not a string/],
  ["S", '{"id":null}', /"id" is not a string/],
  ["S", '{"id":["abc"]}', /"id" is not a string/],
  ["S", '{"id":[]}', /"id" is not a string/],
  ["S", '{"id":""}', /"id" is empty/],
  ["S", '{"id":{"S":""}}', /"id" is empty/],
  ["S", '{"id":{}}', /"id"/],
  ["S", '{"id":{"S":"a","N":"5"}}', /"id"/],
  ["S", '{"id":{"N":"5"}}', /"id" has type "N", not S/],
  ["S", '{"id":{"s":"abc"}}', /"id" has type "s", not S/],
  ["S", '{"id":{"SS":["abc"]}}', /"id" has type "SS", not S/],
  ["S", '{"id":{"__proto__":"abc"}}', /"id"/],
  ["S", '{"id":{"S":5}}', /"id"/],
  ["S", '{"id":{"S":null}}', /"id"/],
  ["S", '{"id":{"S":{"S":"abc"}}}', /"id"/],
  ["N", '{"at":"abc"}', /"at" is not a number/],
  ["N", '{"at":" 5"}', /"at" is not a number/],
  ["N", '{"at":"0x5"}', /"at" is not a number/],
  ["N", '{"at":"5,0"}', /"at" is not a number/],
  ["N", '{"at":"NaN"}', /"at" is not a number/],
  ["N", '{"at":"Infinity"}', /"at" is not a number/],
  ["N", '{"at":true}', /"at" is not a number/],
  ["N", '{"at":null}', /"at" is not a number/],
  ["N", '{"at":[5]}', /"at" is not a number/],
  ["N", '{"at":""}', /"at" is empty/],
  ["N", '{"at":{"S":"5"}}', /"at" has type "S", not N/],
  ["N", '{"at":{"N":5}}', /"at".*text/],
  ["N", '{"at":1e126}', /"at" is out of range/],
  ["N", '{"at":1e-131}', /"at" is out of range/],
  ["N", `{"at":1${"0".repeat(37)}1}`, /"at".*38 significant digits/],
  ["N", '{"at":01}', /not JSON/],
  ["N", '{"at":+1}', /not JSON/],
  ["B", '{"raw":"AAE"}', /"raw" is not base64/],
  ["B", '{"raw":"AA E="}', /"raw" is not base64/],
  ["B", '{"raw":"_-=="}', /"raw" is not base64/],
  ["B", '{"raw":"AAF="}', /"raw" is not base64/],
  ["B", '{"raw":"abc!"}', /"raw" is not base64/],
  ["B", '{"raw":5}', /"raw" is not binary/],
  ["B", '{"raw":""}', /"raw" is empty/],
  ["B", '{"raw":{"S":"AAE="}}', /"raw" has type "S", not B/],
  ["B", '{"raw":{"type":"Buffer","data":[0]}}', /"raw"/],
  ["SN", '{"id":"abc"}', /"at" is missing/],
  ["SN", '{"at":5}', /"id" is missing/],
  ["SN", '{"id":5,"at":"abc"}', /"id" is not a string/],
];

describe("a wrong key", () => {
  test.each(WRONG)("for %s: %s", (schema, text, problem) => {
    const line = refusal(text, SCHEMAS[schema]);
    expect(line).toMatch(problem);
    expect(line).toContain(SCHEMA_TEXT[schema]);
  });

  test("a name given twice is called that, not something else than JSON", () => {
    expect(refusal('{"id":"a","id":"b"}', S)).toMatch(/"id".*twice|more than once|duplicate/i);
  });

  test("half of a surrogate pair, which no server takes as it is", () => {
    expect(refusal('{"id":"\\ud800"}', S)).toContain('"id"');
  });

  test("the example in the message is itself a key of the table", () => {
    for (const schema of KEY_SCHEMAS) {
      const example = /e\.g\. (\{.*\})$/.exec(refusal("{}", schema))![1]!;
      expect(Object.keys(parseKey(example, schema))).toEqual(schema.map(({ name }) => name));
    }
  });

  test("of any kind is refused in one safe line that shows the key schema", () => {
    const anything = fc.oneof(
      fc.json(),
      fc.string({ unit: "binary" }),
      fc.json().map((json) => `{"id":${json}}`),
    );
    fc.assert(
      fc.property(anything, fc.constantFrom(...Object.values(SCHEMAS)), (text, schema) => {
        let key: WireKey;
        try {
          key = parseKey(text, schema);
        } catch (error) {
          return expectOneSafeLine(error);
        }
        expect(Object.keys(key)).toEqual(schema.map(({ name }) => name));
      }),
      { numRuns: 1_000 },
    );
  });
});

function refusal(text: string, schema: KeySchema): string {
  try {
    parseKey(text, schema);
  } catch (error) {
    expectOneSafeLine(error);
    return describeError(error);
  }
  throw new Error(`${text} was taken`);
}

function expectOneSafeLine(error: unknown): void {
  expect(error).toBeInstanceOf(DdbrError);
  expect((error as DdbrError).code).toBe("key");
  expect(describeError(error)).not.toMatch(UNSAFE);
  expect(describeError(error)).toMatch(/the table's key is "/);
}
