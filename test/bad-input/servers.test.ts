import { describe, expect, test } from "bun:test";
import { dynamoDbEndpoint } from "../helpers/dynamodb.ts";
import { startFaultProxy } from "../helpers/fault-proxy.ts";
import { type Answer, failure, html, json, withServer, withTcpServer } from "./answering-server.ts";
import { driftedTables } from "./drifted-tables.ts";
import { CLOSED, expectRefused } from "./refusal.ts";

const tables = driftedTables();
const against = (primary: string, ...options: string[]) => [
  "diff-tables",
  primary,
  tables.replica.location,
  "--repair",
  ...options,
];

describe("a server that cannot be reached", () => {
  test("as the primary", async () => {
    await expectRefused(against(`${CLOSED}/orders`), [/127\.0\.0\.1:1\/orders/, /cannot reach/, /address/]);
  });

  test("as the replica", async () => {
    const args = ["diff-tables", tables.primary.location, "127.0.0.1:1/orders", "--backfill"];
    await expectRefused(args, [/127\.0\.0\.1:1\/orders/, /cannot reach/, /address/]);
  });

  test("by a region, where the environment names the server", async () => {
    await expectRefused(against("us-east-1/orders"), [/us-east-1\/orders/, /cannot reach/]);
  });

  test("by HTTPS, where it speaks HTTP", async () => {
    const location = `${dynamoDbEndpoint().replace("http:", "https:")}/orders`;
    await expectRefused(against(location), [/https:.*\/orders/, /TLS|https/]);
  });

  test("where the environment's address is none", async () => {
    const env = { AWS_ENDPOINT_URL_DYNAMODB: "not an address" };
    await expectRefused(against("us-east-1/orders"), [/us-east-1\/orders/, /URL|address/], { env });
  });
});

describe("a server that is not DynamoDB", () => {
  const NOT_DYNAMODB = [/DynamoDB/, /127\.0\.0\.1:\d+\/orders/];
  test.each<[string, Answer]>([
    ["a web page", html(200)],
    ["a web page that is not found", html(404)],
    ["a web page that is forbidden", html(403)],
    ["a web page that failed", html(500)],
    ["text", { status: 200, body: "hello\nthere" }],
    ["nothing", { status: 200, body: "" }],
    ["an empty object", json({})],
    ["a list", json([])],
    ["null", json(null)],
    ["JSON of some other service", json({ error: "no such \u001b[31mroute" }, 404)],
    ["a table without a key", json({ Table: { TableName: "orders" } })],
    [
      "an S3 server",
      { status: 400, type: "application/xml", body: "<?xml?>\n<Error><Code>No</Code></Error>" },
    ],
  ])("it answers with %s", async (_, answer) => {
    await withServer(answer, ({ url }) => expectRefused(against(`${url}/orders`), NOT_DYNAMODB));
  });

  test("it speaks something else than HTTP", async () => {
    await withTcpServer(
      (socket) => socket.end("SSH-2.0-OpenSSH_9.9\r\n"),
      ({ url }) => expectRefused(against(`${url}/orders`), [/127\.0\.0\.1:\d+\/orders/, /server/]),
    );
  });

  test("it hangs up", async () => {
    await withTcpServer(
      (socket) => socket.destroy(),
      ({ url }) => expectRefused(against(`${url}/orders`), [/127\.0\.0\.1:\d+\/orders/, /cannot reach/]),
    );
  });
});

describe("what DynamoDB refuses", () => {
  const KEY = { KeySchema: [{ AttributeName: "id", KeyType: "HASH" }] };
  const described = (TableStatus: string) =>
    json({
      Table: { TableStatus, ...KEY, AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }] },
    });

  test.each(["CREATING", "DELETING", "ARCHIVED", "INACCESSIBLE_ENCRYPTION_CREDENTIALS"])(
    "a table that is %s",
    async (status) => {
      await withServer(described(status), ({ url }) =>
        expectRefused(against(`${url}/orders`), [new RegExp(`the table is ${status}, not ACTIVE`)]),
      );
    },
  );

  test.each<[string, string, RegExp]>([
    ["UnrecognizedClientException", "The security token included in the request is invalid.", /invalid/],
    ["ExpiredTokenException", "The security token included in the request is expired", /expired/],
    [
      "InvalidSignatureException",
      "The request signature we calculated does not match the signature you provided.",
      /signature/,
    ],
    ["MissingAuthenticationTokenException", "Request is missing Authentication Token", /missing/i],
  ])("credentials: %s", async (code, message, says) => {
    await withServer(failure(code, message), async (server) => {
      const CHECK = /check AWS_PROFILE or the environment's credentials/;
      await expectRefused(against(`${server.url}/orders`), [says, CHECK]);
      expect(server.requests, "asking again does not help").toBe(1);
    });
  });

  test("an error whose text would write over the terminal", async () => {
    const evil = failure("Odd\u001b[31mException", "first\u001b[2J line\nsecond line\u202e");
    await withServer(evil, ({ url }) =>
      expectRefused(against(`${url}/orders`), [/first\\u001b\[2J line/], { noAdvice: true }),
    );
  });
});

describe("access denied", () => {
  const DENIED = [/not allowed to DescribeTable/, /grant dynamodb:DescribeTable/];

  test.each(["primary", "replica"] as const)("to the %s", async (side) => {
    const rules = [{ fault: { kind: "access-denied" as const }, always: true }];
    const proxy = await startFaultProxy({ target: dynamoDbEndpoint(), rules });
    try {
      const denied = `${proxy.url}/${tables[side].name}`;
      const { primary, replica } = { primary: tables.primary.location, replica: tables.replica.location };
      const args = side === "primary" ? [denied, replica] : [primary, denied];
      const line = await expectRefused(["diff-tables", ...args, "--repair"], DENIED);
      expect(line).toContain(denied);
      expect(proxy.stats.calls, "asking again does not help").toEqual({ DescribeTable: 1 });
    } finally {
      await proxy.stop();
    }
  });
});
