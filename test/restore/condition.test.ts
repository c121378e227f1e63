import { describe, expect, test } from "bun:test";
import type { WireItem } from "../../src/core/item/attribute-value.ts";
import { parseCondition } from "../../src/core/restore/condition.ts";

const ITEM: WireItem = {
  id: { S: "a" },
  status: { S: "paid" },
  total: { N: "10.50" },
  digits: { N: "12345678901234567890123456789012345678" },
  open: { BOOL: true },
  none: { NULL: true },
  "two words": { S: "x" },
  bin: { B: "AAE=" },
  é: { S: "ü" },
};

const meets = (text: string) => parseCondition("--where", text).meets(ITEM);

describe("a condition", () => {
  test.each([
    'status = "paid"',
    "status=paid",
    "status != open",
    "nothing != 5",
    "total = 10.5",
    "total = 105e-1",
    "total > 9",
    "total >= 10.5",
    "total < 11",
    "total <= 1.05e1",
    "digits > 12345678901234567890123456789012345677",
    "digits < 12345678901234567890123456789012345679",
    "open = true",
    "none = null",
    '"two words" = x',
    'bin = {"B":"AAE="}',
    'bin < {"B":"AAI="}',
    "status begins_with pa",
    "status exists",
    "nothing absent",
    "é = ü",
    "status > open",
    'status >= "paid"',
  ])("%s is met", (text) => {
    expect(meets(text)).toBe(true);
  });

  test.each([
    'status = "Paid"',
    "status != paid",
    'total = "10.5"',
    "total < 10.5",
    "total > paid",
    "digits = 12345678901234567890123456789012345679",
    "status < 5",
    "nothing = 5",
    "nothing < 5",
    "open = false",
    "none = 5",
    "status absent",
    "nothing exists",
    'total begins_with "1"',
    "toString exists",
  ])("%s is not met", (text) => {
    expect(meets(text)).toBe(false);
  });

  test.each([
    ["", "is no condition"],
    ["status", "is no condition"],
    ["= 5", "is no condition"],
    ["status =", "has no value"],
    ["status ~ 5", "is no condition"],
    ["status = {", "neither a word"],
    ["status = [1]", "neither a word"],
    ["status = two words", "neither a word"],
    ['status = {"X":"1"}', "neither a word"],
    ["status begins_with 5", "needs a string"],
    ["open < true", "into order"],
    ["status exists 5", "after exists"],
    ['"a\\q" = 5', "no JSON string"],
  ])("%j is refused", (text, problem) => {
    expect(() => parseCondition("--where", text)).toThrow(problem);
  });
});
