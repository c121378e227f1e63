import { describe, test } from "bun:test";
import { dynamoDbEndpoint } from "../helpers/dynamodb.ts";
import type { KeyAttribute } from "../helpers/table.ts";
import { driftedTables, emptyTables } from "./drifted-tables.ts";
import { type Environment, expectRefused } from "./refusal.ts";

const id: KeyAttribute = { name: "id", type: "S" };
const tables = driftedTables();
const others = emptyTables({
  numberKey: { hash: { name: "id", type: "N" } },
  otherName: { hash: { name: "Id", type: "S" } },
  withSort: { hash: id, range: { name: "at", type: "N" } },
  withSortToo: { hash: id, range: { name: "at", type: "N" } },
  otherSortType: { hash: id, range: { name: "at", type: "S" } },
  swapped: { hash: { name: "at", type: "N" }, range: id },
  odd: { hash: { name: "\u001b[31mid", type: "S" } },
  oddToo: { hash: { name: "\u001b[31mid", type: "S" } },
});

describe("tables that are not there", () => {
  const missing = () => `${dynamoDbEndpoint()}/no-such-table`;

  test("the primary", async () => {
    const args = ["diff-tables", missing(), tables.replica.location, "--repair"];
    await expectRefused(args, [/no-such-table: no such table/, /check the name/]);
  });

  test("the replica", async () => {
    const args = ["diff-tables", tables.primary.location, missing(), "--backfill"];
    await expectRefused(args, [/no-such-table: no such table/, /check the name/]);
  });

  test("a name in other capitals", async () => {
    const { location, name } = tables.replica;
    const args = ["diff-tables", tables.primary.location, location.replace(name, name.toUpperCase())];
    await expectRefused(args, [new RegExp(`${name.toUpperCase()}: no such table`)]);
  });

  test("in a region", async () => {
    const env = { AWS_ENDPOINT_URL_DYNAMODB: dynamoDbEndpoint() };
    const args = ["diff-tables", "us-east-1/no-such-table", tables.replica.location];
    await expectRefused(args, [/us-east-1\/no-such-table: no such table/], { env });
  });
});

describe("tables whose keys differ", () => {
  test.each([
    ["a string and a number", "numberKey", /"id" \(S\).*"id" \(N\)/],
    ["another name", "otherName", /"id" \(S\).*"Id" \(S\)/],
    ["a sort key too many", "withSort", /"id" \(S\).*"id" \(S\) \+ "at" \(N\)/],
    ["a name with an escape sequence", "odd", /"id" \(S\).*"\\u001b\[31mid" \(S\)/],
  ] as const)("%s", async (_, other, says) => {
    const { primary } = tables;
    for (const mode of ["--repair", "--backfill"]) {
      const args = ["diff-tables", primary.location, others[other].location, mode];
      await expectRefused(args, [/different keys/, says, new RegExp(primary.name)]);
    }
  });

  test.each(["otherSortType", "swapped"] as const)("composite keys: %s", async (other) => {
    const args = ["diff-tables", others.withSort.location, others[other].location, "--repair"];
    await expectRefused(args, [/different keys/, /"id" \(S\) \+ "at" \(N\)/]);
  });
});

describe("the same table twice", () => {
  const SAME = [/same table/];

  test.each(["--repair", "--backfill", "--dry-run"])("in the same words, %s", async (option) => {
    const { location } = tables.primary;
    await expectRefused(["diff-tables", location, location, option], SAME);
  });

  // A backfill of a table onto itself would put old images over what is written meanwhile.
  test.each<[string, (url: string, name: string) => [string, string, Environment?]]>([
    ["without http://", (url, name) => [`${url}/${name}`, `${new URL(url).host}/${name}`]],
    ["the scheme in capitals", (url, name) => [`${url}/${name}`, `${url.replace("http", "HTTP")}/${name}`]],
    ["a slash more", (url, name) => [`${url}/${name}`, `${url}//${name}`]],
    [
      "localhost and 127.0.0.1",
      (url, name) => [`${url}/${name}`, `http://localhost:${new URL(url).port}/${name}`],
    ],
    [
      "by region and by the address that the environment gives",
      (url, name) => [`us-east-1/${name}`, `${url}/${name}`, { AWS_ENDPOINT_URL_DYNAMODB: url }],
    ],
  ])("in other words: %s", async (_, spell) => {
    const [primary, replica, env = {}] = spell(dynamoDbEndpoint(), tables.primary.name);
    await expectRefused(["diff-tables", primary, replica, "--backfill"], SAME, { env });
  });
});

describe("ignoring the key", () => {
  test.each([
    ["the partition key", ["--ignore", "id"], /--ignore id\b.*key/],
    ["the sort key", ["--ignore", "at"], /--ignore at\b.*key/],
    ["among others", ["--ignore", "text", "--ignore", "at"], /--ignore at\b.*key/],
  ] as const)("%s", async (_, ignore, says) => {
    const args = ["diff-tables", others.withSort.location, others.withSortToo.location, ...ignore];
    await expectRefused([...args, "--repair"], [says, /"id" \(S\) \+ "at" \(N\)/]);
  });

  test("with an escape sequence in its name", async () => {
    const args = ["diff-tables", others.odd.location, others.oddToo.location, "--ignore", "\u001b[31mid"];
    await expectRefused(args, [/--ignore \\u001b\[31mid\b.*key/]);
  });
});
