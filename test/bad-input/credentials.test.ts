import { afterAll, beforeAll, describe, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dynamoDbEndpoint } from "../helpers/dynamodb.ts";
import { json, withServer } from "./answering-server.ts";
import { driftedTables } from "./drifted-tables.ts";
import { type Environment, expectRefused } from "./refusal.ts";

const CONFIG = `
[profile production]
region = us-east-1
[profile broken]
credential_process = false
[profile signed-out]
sso_session = company
sso_account_id = 123456789012
sso_role_name = reader
[sso-session company]
sso_region = us-east-1
sso_start_url = https://127.0.0.1/start
`;

const tables = driftedTables();
let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "ddbr-credentials-"));
  writeFileSync(join(folder, "config"), CONFIG);
  writeFileSync(join(folder, "garbage"), "\u001b[31m ]]] garbage = \n= [[[\n");
});
afterAll(() => rmSync(folder, { recursive: true }));

const NO_KEYS: Environment = { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined };
const withConfig = (env: Environment = {}): Environment => ({
  ...NO_KEYS,
  AWS_CONFIG_FILE: join(folder, "config"),
  ...env,
});
const repair = (...options: string[]) => [
  "diff-tables",
  tables.primary.location,
  tables.replica.location,
  "--repair",
  ...options,
];

describe("a profile that is not there is named", () => {
  test.each(["--primary-profile", "--replica-profile"])("%s", async (option) => {
    await expectRefused(repair(option, "prodution"), [/prodution/, /profile|credentials/], {
      env: withConfig(),
    });
  });

  test("AWS_PROFILE", async () => {
    const env = withConfig({ AWS_PROFILE: "prodution" });
    await expectRefused(repair(), [/prodution/, /AWS_PROFILE/], { env });
  });

  test("AWS_PROFILE beside keys in the environment", async () => {
    const keys = { AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test" };
    const env = withConfig({ AWS_PROFILE: "prodution", ...keys });
    await expectRefused(repair(), [/prodution/, /AWS_PROFILE/], { env });
  });

  test("with an escape sequence", async () => {
    const args = repair("--primary-profile", "\u001b[31mred");
    await expectRefused(args, [/\\u001b\[31mred/], { env: withConfig() });
  });

  test("where there is no file of profiles at all", async () => {
    await expectRefused(repair("--replica-profile", "production"), [/production/], { env: NO_KEYS });
  });

  test("where that file is garbage", async () => {
    const env = withConfig({ AWS_CONFIG_FILE: join(folder, "garbage") });
    await expectRefused(repair("--replica-profile", "production"), [/production/], { env });
  });
});

describe("a profile without credentials is named", () => {
  test.each(["production", "broken", "signed-out"])("%s", async (profile) => {
    const args = repair("--replica-profile", profile);
    await expectRefused(args, [new RegExp(profile)], { env: withConfig() });
  });
});

// A machine's own role may be of another account, whose table of that name would be written to.
test("for a profile that is not there, the machine's own role is never taken", async () => {
  const role = json({
    AccessKeyId: "machine",
    SecretAccessKey: "machine",
    Token: "machine",
    Expiration: "2099-01-01T00:00:00Z",
  });
  await withServer(role, async ({ url }) => {
    const env = withConfig({ AWS_CONTAINER_CREDENTIALS_FULL_URI: `${url}/` });
    for (const option of ["--primary-profile", "--replica-profile"]) {
      await expectRefused(repair(option, "prodution"), [/prodution/], { env });
    }
  });
});

describe("no credentials", () => {
  const inRegion = () => [
    "diff-tables",
    `us-east-1/${tables.primary.name}`,
    `us-east-1/${tables.replica.name}`,
  ];

  test("at all", async () => {
    const env = { ...NO_KEYS, AWS_ENDPOINT_URL_DYNAMODB: dynamoDbEndpoint() };
    await expectRefused([...inRegion(), "--repair"], [/us-east-1\//, /credentials/, /AWS_PROFILE/], { env });
  });

  test("but half of them", async () => {
    const env = { ...NO_KEYS, AWS_ACCESS_KEY_ID: "test", AWS_ENDPOINT_URL_DYNAMODB: dynamoDbEndpoint() };
    await expectRefused([...inRegion(), "--repair"], [/us-east-1\//, /credentials/], { env });
  });
});
