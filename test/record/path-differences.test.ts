import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { AttributeValue, WireItem } from "../../src/core/item/attribute-value.ts";
import { ignoredAttributes } from "../../src/core/item/ignored.ts";
import { pathDifferences } from "../../src/core/record/path-differences.ts";
import { structurallyEqual } from "../item/structural-equality.ts";
import { similarItem, wireItem } from "../item/wire-items.ts";

const S = (text: string): AttributeValue => ({ S: text });
const N = (text: string): AttributeValue => ({ N: text });

describe("the innermost place is named", () => {
  test.each<[string, AttributeValue, AttributeValue, object[]]>([
    ["a value", S("a"), S("b"), [{ path: "x", before: S("a"), after: S("b") }]],
    ["another type", S("1"), N("1"), [{ path: "x", before: S("1"), after: N("1") }]],
    [
      "false and absent",
      { M: { y: { BOOL: false } } },
      { M: {} },
      [{ path: "x.y", before: { BOOL: false } }],
    ],
    ["null and empty", { NULL: true }, S(""), [{ path: "x", before: { NULL: true }, after: S("") }]],
    [
      "in a map",
      { M: { y: N("1"), z: N("1") } },
      { M: { y: N("2"), z: N("1.0") } },
      [{ path: "x.y", before: N("1"), after: N("2") }],
    ],
    [
      "in a list in a map",
      { M: { y: { L: [N("1"), N("2")] } } },
      { M: { y: { L: [N("1"), N("3")] } } },
      [{ path: "x.y[1]", before: N("2"), after: N("3") }],
    ],
    [
      "a longer list",
      { L: [N("1")] },
      { L: [N("1"), S("a"), S("b")] },
      [
        { path: "x[1]", after: S("a") },
        { path: "x[2]", after: S("b") },
      ],
    ],
    ["a map for a list", { L: [] }, { M: {} }, [{ path: "x", before: { L: [] }, after: { M: {} } }]],
    [
      "a set as a whole",
      { SS: ["a", "b"] },
      { SS: ["c", "a"] },
      [{ path: "x", before: { SS: ["a", "b"] }, after: { SS: ["c", "a"] } }],
    ],
    [
      "names that are not plain",
      { M: { "a.b": S("1"), "": S("1"), é: S("1") } },
      { M: {} },
      [
        { path: 'x.""', before: S("1") },
        { path: 'x."a.b"', before: S("1") },
        { path: 'x."é"', before: S("1") },
      ],
    ],
    [
      "names of JavaScript's own",
      { M: {} },
      { M: JSON.parse('{"__proto__":{"S":"1"},"toString":{"S":"2"}}') },
      [
        { path: "x.__proto__", after: S("1") },
        { path: "x.toString", after: S("2") },
      ],
    ],
  ])("%s", (_, before, after, expected) => {
    expect(pathDifferences({ x: before }, { x: after })).toEqual(expected as never);
  });

  test("equal in DynamoDB's eyes: nothing", () => {
    const before: WireItem = { a: N("1.0"), s: { NS: ["1", "2"] }, m: { M: { x: S(""), y: { L: [] } } } };
    const after: WireItem = { m: { M: { y: { L: [] }, x: S("") } }, s: { NS: ["2.0", "1"] }, a: N("1") };
    expect(pathDifferences(before, after)).toEqual([]);
  });

  test("an item that isn't there: its attributes; ignored ones are passed over at the top only", () => {
    const item: WireItem = { b: S("1"), a: { M: { b: S("2") } } };
    const ignored = ignoredAttributes(["b"], true);
    expect(pathDifferences(undefined, item, ignored)).toEqual([{ path: "a", after: { M: { b: S("2") } } }]);
    expect(pathDifferences(item, { a: { M: {} } }, ignored)).toEqual([{ path: "a.b", before: S("2") }]);
    expect(pathDifferences(undefined, undefined)).toEqual([]);
  });
});

describe("of any two items", () => {
  const pairs = fc.oneof(fc.tuple(wireItem, wireItem), fc.tuple(similarItem, similarItem));

  test("there are differences exactly when they are not equal", () => {
    fc.assert(
      fc.property(pairs, ([a, b]) => (pathDifferences(a, b).length === 0) === structurallyEqual(a, b)),
      { numRuns: 2_000 },
    );
  });

  test("turning them round turns the differences round", () => {
    fc.assert(
      fc.property(pairs, ([a, b]) => {
        const turned = pathDifferences(b, a).map(({ path, before, after }) => ({
          path,
          ...(after && { before: after }),
          ...(before && { after: before }),
        }));
        expect(turned).toEqual(pathDifferences(a, b));
      }),
      { numRuns: 500 },
    );
  });
});
