import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { compareImages } from "../../src/core/diff/discrepancy.ts";
import type { WireItem } from "../../src/core/item/attribute-value.ts";
import { ignoredAttributes } from "../../src/core/item/ignored.ts";
import { respelling } from "./respell.ts";
import { structurallyEqual } from "./structural-equality.ts";
import { similarItem, wireItem } from "./wire-items.ts";

const key: WireItem = { id: { S: "1" } };
const item: WireItem = { z: { N: "1" }, id: { S: "1" }, a: { S: "x" } };

describe("what sets two images apart", () => {
  test("nothing, where both are absent", () => {
    expect(compareImages(key, undefined, undefined)).toBeUndefined();
  });

  test("missing: everything the primary has but the key, by name", () => {
    expect(compareImages(key, item, undefined)).toEqual({
      kind: "missing",
      key,
      attributes: [
        { name: "a", primary: { S: "x" } },
        { name: "z", primary: { N: "1" } },
      ],
    });
  });

  test("extraneous: everything the replica has but the key, by name", () => {
    expect(compareImages(key, undefined, item)).toEqual({
      kind: "extraneous",
      key,
      attributes: [
        { name: "a", replica: { S: "x" } },
        { name: "z", replica: { N: "1" } },
      ],
    });
  });

  test("missing and extraneous though there is nothing but the key", () => {
    expect(compareImages(key, key, undefined)).toEqual({ kind: "missing", key, attributes: [] });
    expect(compareImages(key, undefined, key)).toEqual({ kind: "extraneous", key, attributes: [] });
  });

  test("different: only what differs, each side as it is, a side without it left out", () => {
    const primary: WireItem = {
      ...key,
      same: { S: "s" },
      b: { N: "1.0" },
      a: { S: "" },
      only: { NULL: true },
    };
    const replica: WireItem = { ...key, same: { S: "s" }, b: { N: "2" }, a: { B: "" }, theirs: { L: [] } };
    const found = compareImages(key, primary, replica);
    expect(found).toEqual({
      kind: "different",
      key,
      attributes: [
        { name: "a", primary: { S: "" }, replica: { B: "" } },
        { name: "b", primary: { N: "1.0" }, replica: { N: "2" } },
        { name: "only", primary: { NULL: true } },
        { name: "theirs", replica: { L: [] } },
      ],
    });
    for (const attribute of found!.attributes.slice(2)) expect(Object.keys(attribute).length).toBe(2);
  });

  test("the order of names is that of their characters, not of numbers or of languages", () => {
    const names = ["10", "2", "B", "a", "a.b", "é", "😀"];
    const primary = Object.fromEntries([...names].reverse().map((name) => [name, { S: "x" }]));
    const found = compareImages(key, { ...key, ...primary }, key);
    expect(found?.attributes.map(({ name }) => name)).toEqual(names);
  });

  test("names that JavaScript knows", () => {
    const odd: WireItem = JSON.parse('{"id":{"S":"1"},"__proto__":{"S":"x"},"toString":{"S":"y"}}');
    const names = ["__proto__", "toString"];
    expect(compareImages(key, odd, key)?.attributes.map(({ name }) => name)).toEqual(names);
    expect(compareImages(key, key, odd)?.attributes.map(({ name }) => name)).toEqual(names);
    expect(compareImages(key, key, odd)?.attributes[0]).toEqual({ name: "__proto__", replica: { S: "x" } });
    expect(compareImages(key, odd, undefined)?.attributes.map(({ name }) => name)).toEqual(names);
    expect(compareImages(key, odd, structuredClone(odd))).toBeUndefined();
  });

  test("a key that both spell differently is no difference", () => {
    const found = compareImages({ at: { N: "1" } }, { at: { N: "1.0" } }, { at: { N: "1" } });
    expect(found).toBeUndefined();
  });
});

describe("ignored attributes", () => {
  const ignored = ignoredAttributes(["a"], false);

  test("make no difference and are not shown", () => {
    const replica: WireItem = { ...item, a: { S: "other" }, "aws:rep:deleting": { BOOL: true } };
    expect(compareImages(key, item, replica, ignored)).toBeUndefined();
    expect(compareImages(key, item, undefined, ignored)?.attributes).toEqual([
      { name: "z", primary: { N: "1" } },
    ]);
    const found = compareImages(key, item, { ...replica, z: { N: "2" } }, ignored);
    expect(found?.attributes.map(({ name }) => name)).toEqual(["z"]);
  });

  test("do not hide that a whole record is missing or extraneous", () => {
    expect(compareImages(key, { ...key, a: { S: "x" } }, undefined, ignored)?.kind).toBe("missing");
    expect(compareImages(key, undefined, { ...key, a: { S: "x" } }, ignored)?.kind).toBe("extraneous");
  });
});

describe("of any two images", () => {
  const without = (image: WireItem, names: string[]) =>
    Object.fromEntries(Object.entries(image).filter(([name]) => !names.includes(name)));

  test.each([
    ["all types", wireItem],
    ["often equal", similarItem],
  ])("there is a difference exactly when they are not equal: %s", (_, images) => {
    fc.assert(
      fc.property(images, images, fc.subarray(["a", "b"]), (primary, replica, names) => {
        const found = compareImages(key, primary, replica, ignoredAttributes(names, true));
        const equal = structurallyEqual(without(primary, names), without(replica, names));
        expect(found === undefined).toBe(equal);
      }),
      { numRuns: 1_000 },
    );
  });

  test("taking over what is shown makes the replica equal to the primary", () => {
    fc.assert(
      fc.property(wireItem, wireItem, (primary, replica) => {
        const found = compareImages(key, primary, replica);
        const names = found?.attributes.map(({ name }) => name) ?? [];
        const taken = found?.attributes.flatMap(({ name, primary }) => (primary ? [[name, primary]] : []));
        const mended = { ...without(replica, names), ...Object.fromEntries(taken ?? []) };
        expect(structurallyEqual(mended, primary)).toBe(true);
        expect(names).toEqual([...names].sort());
      }),
      { numRuns: 500 },
    );
  });

  test("other words are no difference", () => {
    fc.assert(
      fc.property(wireItem, respelling, (image, respell) => {
        expect(compareImages(key, image, respell(image))).toBeUndefined();
      }),
      { numRuns: 500 },
    );
  });
});
