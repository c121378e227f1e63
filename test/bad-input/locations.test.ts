import { describe, test } from "bun:test";
import { driftedTables } from "./drifted-tables.ts";
import { expectRefused } from "./refusal.ts";

const tables = driftedTables();
const FORMS = /a table is region\/table, host:port\/table, .*ARN/;

// All kinds of wrong locations are in test/location; these are to see that they reach the user.
const WRONG: [string, RegExp][] = [
  ["", /is empty/],
  ["orders", /"orders": has no "\/"/],
  ["us-east/orders", /"us-east" is neither a region/],
  ["us-east-1/", /no table's name/],
  ["us-east-1/ab", /3 to 255/],
  ["us-east-1/or*ders", /letters, digits/],
  ["us-east-1/or ders", /white space/],
  ["localhost/orders", /"localhost" is neither a region.*nor a host:port/],
  ["localhost:99999/orders", /not a server's address/],
  ["http://localhost:8000", /no table/],
  ["s3://bucket/orders", /"s3:\/\/" is no way/],
  ["arn:aws:dynamodb:eu-west-1:123456789012:orders", /not a table's ARN/],
  ["arn:aws:dynamodb:eu-west-1:123456789012:table/orders/index/x", /part of a table/],
  ["us-east-1/\u001b[31morders\u001b[0m", /\\u001b\[31morders.*control characters/],
  ["us-east-1/orders\nddbr: all is well", /orders\\nddbr.*white space or control/],
  ["us-east-1/\u202esredro", /\\u202esredro.*control characters/],
];

describe("of the primary", () => {
  test.each(WRONG)("%j", async (text, says) => {
    await expectRefused(["diff-tables", text, tables.replica.location, "--repair"], [says, FORMS]);
  });
});

describe("of the replica", () => {
  test.each(WRONG.slice(0, 6))("%j", async (text, says) => {
    await expectRefused(["diff-tables", tables.primary.location, text, "--backfill"], [says, FORMS]);
  });
});
