import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { DdbrError, describeError } from "../../src/core/errors.ts";
import { parseTableLocation, TABLE_FORMS } from "../../src/core/location.ts";
import { UNSAFE } from "../item/unsafe-text.ts";
import { WRONG_LOCATIONS } from "./wrong-locations.ts";

const LOCAL = "http://127.0.0.1:8000";
const LONGEST = "x".repeat(255);
const ARN = "arn:aws:dynamodb:eu-west-1:123456789012:table/orders";
const GOV_ARN = "arn:aws-us-gov:dynamodb:us-gov-west-1:123456789012:table/orders";

describe("region/table", () => {
  test.each([
    ...[
      "us-east-1",
      "eu-west-2",
      "ap-southeast-7",
      "us-gov-west-1",
      "cn-north-1",
      "me-central-1",
      "il-central-1",
    ],
    ...["us-iso-east-1", "us-isob-east-1", "eusc-de-east-1", "mx-central-1", "ca-west-1"],
  ])("%s", (region) => {
    const text = `${region}/orders`;
    expect(parseTableLocation(text)).toEqual({ text, table: "orders", name: "orders", region });
  });

  test.each(["abc", "a.b", "_-_", "...", "Orders_2026-11.v2", "123", LONGEST])(
    "a table called %s",
    (name) => {
      const text = `eu-west-1/${name}`;
      expect(parseTableLocation(text)).toEqual({ text, table: name, name, region: "eu-west-1" });
    },
  );
});

describe("a server", () => {
  const SERVERS: [string, string][] = [
    ["localhost:8000/orders", "http://localhost:8000"],
    ["127.0.0.1:4566/orders", "http://127.0.0.1:4566"],
    ["[::1]:8000/orders", "http://[::1]:8000"],
    ["dynamodb-local:8000/orders", "http://dynamodb-local:8000"],
    ["db.example.com:443/orders", "http://db.example.com:443"],
    ["http://localhost:8000/orders", "http://localhost:8000"],
    ["http://localhost/orders", "http://localhost"],
    ["https://localhost:8443/orders", "https://localhost:8443"],
    ["http://[::1]:8000/orders", "http://[::1]:8000"],
    [
      "https://vpce-0a1-x.dynamodb.eu-west-1.vpce.amazonaws.com/orders",
      "https://vpce-0a1-x.dynamodb.eu-west-1.vpce.amazonaws.com",
    ],
    ["https://dynamodb.eu-west-1.amazonaws.com/orders", "https://dynamodb.eu-west-1.amazonaws.com"],
    ["local/orders", LOCAL],
  ];

  test.each(SERVERS)("%s", (text, endpoint) => {
    expect(parseTableLocation(text)).toEqual({ text, table: "orders", name: "orders", endpoint });
  });

  test("the scheme's letters may be capital", () => {
    const { endpoint } = parseTableLocation("HTTP://localhost:8000/orders");
    expect(new URL(endpoint!).origin).toBe("http://localhost:8000");
  });

  test("no region comes with it: that is the environment's", () => {
    expect(parseTableLocation("localhost:8000/orders").region).toBeUndefined();
  });
});

describe("an ARN", () => {
  test.each([
    [ARN, "eu-west-1"],
    [GOV_ARN, "us-gov-west-1"],
    ["arn:aws-cn:dynamodb:cn-north-1:123456789012:table/orders", "cn-north-1"],
    ["arn:aws:dynamodb:ddblocal:000000000000:table/orders", "ddblocal"],
  ])("%s", (text, region) => {
    expect(parseTableLocation(text)).toEqual({ text, table: text, name: "orders", region });
  });
});

describe("a wrong location", () => {
  test.each(WRONG_LOCATIONS)("%j", (text, problem) => {
    const line = refusal(text);
    expect(line).toMatch(problem);
    expect(line).toContain(TABLE_FORMS);
  });

  test("shows what was typed, where that can be shown", () => {
    expect(refusal("us-east-1/or*ders")).toContain('"us-east-1/or*ders"');
    expect(refusal("us-east-1/\u001b[31mred")).toContain('"us-east-1/\\u001b[31mred"');
  });

  test("does not repeat a password", () => {
    expect(refusal("http://me:secret@localhost:8000/orders")).not.toContain("secret");
  });

  test("the forms named in the message are those that are understood", () => {
    const examples = TABLE_FORMS.replace(/^a table is /, "")
      .split(/, | or /)
      .map((form) =>
        form
          .replace("region", "eu-west-1")
          .replace("http(s)://host[:port]", "https://localhost:8000")
          .replace("host:port", "localhost:8000")
          .replace(/^a table's ARN$/, ARN)
          .replace(/table$/, "orders"),
      );
    expect(examples.length).toBe(5);
    for (const example of examples) expect(parseTableLocation(example).name).toBe("orders");
  });

  test("of any kind is refused in one safe line, or taken with a table's name", () => {
    const parts = fc.constantFrom(
      ...["us-east-1", "/", ":", "orders", "http", "https", "://", "localhost", "8000", "arn:aws:dynamodb"],
      ...["eu-west-1", "123456789012", "table", "[", "]", "::1", "@", "?", "#", "%", "local", ".", "-", " "],
      ...["\u001b[2J", "\n", "é", "😀", "\\", "'", '"', "*", "s3", "\u202e", "\ud800", "0"],
    );
    const anything = fc.oneof(
      fc.array(parts, { maxLength: 8 }).map((list) => list.join("")),
      fc.string(),
    );
    fc.assert(
      fc.property(anything, (text) => {
        const result = attempt(text);
        if (result instanceof Error) return expectOneSafeLine(result);
        expect(result.text).toBe(text);
        expect(result.name).toMatch(/^[\w.-]{3,255}$/);
        expect(text.endsWith(result.name)).toBe(true);
        if (result.endpoint !== undefined)
          expect(["http:", "https:"]).toContain(new URL(result.endpoint).protocol);
        else expect(result.region).toMatch(/^[a-z0-9-]+$/);
      }),
      { numRuns: 20_000 },
    );
  });
});

function attempt(text: string) {
  try {
    return parseTableLocation(text);
  } catch (error) {
    return error as Error;
  }
}

function refusal(text: string): string {
  const result = attempt(text);
  if (!(result instanceof Error)) throw new Error(`taken: ${JSON.stringify(result)}`);
  expectOneSafeLine(result);
  return describeError(result);
}

function expectOneSafeLine(error: Error): void {
  expect(error).toBeInstanceOf(DdbrError);
  expect((error as DdbrError).code).toBe("location");
  expect(describeError(error)).not.toMatch(UNSAFE);
}
