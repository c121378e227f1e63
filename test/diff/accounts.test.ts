import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runDdbr } from "../helpers/cli.ts";
import { dynamoDbEndpoint } from "../helpers/dynamodb.ts";
import { createTable, type TestTable } from "../helpers/table.ts";

/** Passes requests on to DynamoDB and notes whose access key signed them. */
function startGate(signers: Set<string>) {
  return Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      signers.add(/Credential=([^/]+)/.exec(request.headers.get("authorization") ?? "")?.[1] ?? "nobody");
      const { headers } = request;
      // DynamoDB itself takes a table's ARN wherever it takes its name; DynamoDB Local does not.
      const body = (await request.text()).replace(/arn:aws:dynamodb:us-east-1:\d{12}:table\//, "");
      headers.delete("content-length");
      return fetch(dynamoDbEndpoint(), { method: "POST", headers, body });
    },
  });
}

/** Answers AssumeRole as AWS's token service does, with an access key named after the role. */
function startTokenService(asked: URLSearchParams[]) {
  return Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      const form = new URLSearchParams(await request.text());
      asked.push(form);
      const key = `KEYOF${form.get("RoleArn")!.split("/").at(-1)!.toUpperCase()}`;
      const credentials =
        `<AccessKeyId>${key}</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>` +
        `<Expiration>${new Date(Date.now() + 3_600_000).toISOString()}</Expiration>`;
      return new Response(
        `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>${credentials}</Credentials></AssumeRoleResult></AssumeRoleResponse>`,
        { headers: { "content-type": "text/xml" } },
      );
    },
  });
}

type Server = ReturnType<typeof startGate>;
let folder: string;
let primary: TestTable;
let replica: TestTable;
let gates: [Server, Server];
let signers: [Set<string>, Set<string>];
let tokens: Server;
let asked: URLSearchParams[];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "ddbr-test-"));
  [primary, replica] = await Promise.all([createTable(), createTable()]);
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await Promise.all([primary.drop(), replica.drop()]);
});

beforeEach(() => {
  signers = [new Set(), new Set()];
  gates = [startGate(signers[0]), startGate(signers[1])];
  asked = [];
  tokens = startTokenService(asked);
});
afterEach(() => Promise.all([...gates, tokens].map((server) => server.stop(true))));

/** The SDK's own files and variables; the two sides are told apart by their endpoints. */
function environment(): Record<string, string | undefined> {
  const config = join(folder, "config");
  const credentials = join(folder, "credentials");
  const profiles = gates.map(
    ({ port }, side) =>
      `[profile side-${side}]\nregion = eu-west-${side + 1}\nservices = local-${side}\n[services local-${side}]\ndynamodb =\n  endpoint_url = http://127.0.0.1:${port}\n`,
  );
  writeFileSync(config, profiles.join(""));
  writeFileSync(
    credentials,
    gates
      .map((_, side) => `[side-${side}]\naws_access_key_id = KEYOFSIDE${side}\naws_secret_access_key = s\n`)
      .join(""),
  );
  return {
    AWS_CONFIG_FILE: config,
    AWS_SHARED_CREDENTIALS_FILE: credentials,
    AWS_ENDPOINT_URL_STS: `http://127.0.0.1:${tokens.port}`,
    AWS_ACCESS_KEY_ID: undefined,
    AWS_SECRET_ACCESS_KEY: undefined,
    AWS_REGION: undefined,
  };
}

const at = (side: 0 | 1, table: TestTable) => `127.0.0.1:${gates[side].port}/${table.name}`;

describe("each side with its own account", () => {
  test("profiles: their keys, regions and endpoints", async () => {
    const words = ["diff-tables", `eu-west-1/${primary.name}`, `eu-west-2/${replica.name}`];
    const profiles = ["--primary-profile", "side-0", "--replica-profile", "side-1"];
    const { code, stderr } = await runDdbr([...words, ...profiles], { env: environment() });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(signers).toEqual([new Set(["KEYOFSIDE0"]), new Set(["KEYOFSIDE1"])]);
  });

  test("AWS_PROFILE serves a side that has no profile of its own", async () => {
    const words = ["diff-tables", at(0, primary), at(1, replica), "--replica-profile", "side-1"];
    const { code, stderr } = await runDdbr(words, { env: { ...environment(), AWS_PROFILE: "side-0" } });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(signers).toEqual([new Set(["KEYOFSIDE0"]), new Set(["KEYOFSIDE1"])]);
  });

  test("roles are assumed with the profile's keys and the external id", async () => {
    const role = (name: string) => `arn:aws:iam::123456789012:role/${name}`;
    const words = ["diff-tables", at(0, primary), at(1, replica), "--primary-profile", "side-0"];
    const roles = [
      "--replica-profile",
      "side-1",
      "--replica-role-arn",
      role("copy"),
      "--replica-external-id",
      "x-17",
    ];
    const { code, stderr } = await runDdbr([...words, ...roles], { env: environment() });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(signers).toEqual([new Set(["KEYOFSIDE0"]), new Set(["KEYOFCOPY"])]);
    expect(asked.map((form) => [form.get("RoleArn"), form.get("ExternalId")])).toEqual([
      [role("copy"), "x-17"],
    ]);
  });

  test("AWS_ENDPOINT_URL_DYNAMODB moves region forms elsewhere", async () => {
    const env = {
      ...environment(),
      AWS_ENDPOINT_URL_DYNAMODB: `http://127.0.0.1:${gates[0].port}`,
      AWS_ACCESS_KEY_ID: "KEYOFENV",
      AWS_SECRET_ACCESS_KEY: "s",
    };
    const words = ["diff-tables", `us-east-1/${primary.name}`, at(1, replica)];
    const { code, stderr } = await runDdbr(words, { env });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(signers[0]).toEqual(new Set(["KEYOFENV"]));
  });

  test("a table's ARN names it, in its region", async () => {
    const arn = `arn:aws:dynamodb:us-east-1:000000000000:table/${primary.name}`;
    const env = {
      ...environment(),
      AWS_ENDPOINT_URL_DYNAMODB: `http://127.0.0.1:${gates[0].port}`,
      AWS_ACCESS_KEY_ID: "KEYOFENV",
      AWS_SECRET_ACCESS_KEY: "s",
    };
    const { code, stderr } = await runDdbr(["diff-tables", arn, at(1, replica)], { env });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  });
});
