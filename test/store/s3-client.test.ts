import { afterAll, afterEach, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { resolveBucket } from "../../src/core/store/s3/s3-client.ts";
import type { S3StoreOptions } from "../../src/core/store/s3/s3-store.ts";

const CONFIG = `
[profile own-server]
region = eu-north-1
services = local
[profile whole]
endpoint_url = http://127.0.0.1:9002
[services local]
s3 =
  endpoint_url = http://127.0.0.1:9001/base
`;
const CREDENTIALS = "[own-server]\naws_access_key_id = OFPROFILE\naws_secret_access_key = secret\n";
const VARIABLES = [
  "AWS_CONFIG_FILE",
  "AWS_SHARED_CREDENTIALS_FILE",
  "AWS_ACCESS_KEY_ID",
  "AWS_SECRET_ACCESS_KEY",
  "AWS_REGION",
  "AWS_ENDPOINT_URL_S3",
  "AWS_ENDPOINT_URL",
  "AWS_USE_FIPS_ENDPOINT",
  "AWS_USE_DUALSTACK_ENDPOINT",
] as const;

const before = Object.fromEntries(VARIABLES.map((name) => [name, process.env[name]]));
let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "ddbr-s3-"));
  writeFileSync(join(folder, "config"), CONFIG);
  writeFileSync(join(folder, "credentials"), CREDENTIALS);
});
afterEach(() => setVariables(before));
afterAll(() => rmSync(folder, { recursive: true }));

function setVariables(variables: Record<string, string | undefined>): void {
  for (const [name, value] of Object.entries(variables)) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
}

/** Where requests to a bucket go, in which region, and whose access key signs them. */
async function resolved(
  options: S3StoreOptions = {},
  environment: Partial<Record<(typeof VARIABLES)[number], string | undefined>> = {},
  bucket = "my-bucket",
) {
  setVariables({
    AWS_CONFIG_FILE: join(folder, "config"),
    AWS_SHARED_CREDENTIALS_FILE: join(folder, "credentials"),
    AWS_ACCESS_KEY_ID: "OFENVIRONMENT",
    AWS_SECRET_ACCESS_KEY: "secret",
    AWS_REGION: undefined,
    ...environment,
  });
  const found = await resolveBucket(bucket, options);
  const request = { method: "GET", url: new URL(found.url), query: {}, headers: {}, body: undefined };
  const { authorization = "" } = await found.sign(request, Date.now());
  found.close();
  const [, signer, region] = /Credential=([^/]+)\/\d+\/([^/]+)\/s3/.exec(authorization)!;
  expect(region).toBe(found.region);
  return { url: found.url, region, signer };
}

test("AWS's own addresses, in every form that the SDK knows", async () => {
  const region = "eu-west-1";
  const cases: [string, Awaited<Parameters<typeof resolved>[1]>, string][] = [
    ["my-bucket", {}, "https://my-bucket.s3.eu-west-1.amazonaws.com"],
    ["my.bucket", {}, "https://s3.eu-west-1.amazonaws.com/my.bucket"],
    ["my-bucket", { AWS_USE_FIPS_ENDPOINT: "true" }, "https://my-bucket.s3-fips.eu-west-1.amazonaws.com"],
    [
      "my-bucket",
      { AWS_USE_DUALSTACK_ENDPOINT: "true" },
      "https://my-bucket.s3.dualstack.eu-west-1.amazonaws.com",
    ],
  ];
  for (const [bucket, environment, url] of cases) {
    expect(await resolved({ region }, environment, bucket)).toEqual({ url, region, signer: "OFENVIRONMENT" });
    setVariables(before);
  }
  expect((await resolved({ region, pathStyle: true })).url).toBe(
    "https://s3.eu-west-1.amazonaws.com/my-bucket",
  );
});

test("without a region there is one to ask first", async () => {
  expect((await resolved()).region).toBe("us-east-1");
});

test("a server of one's own has the bucket in the path, unless that is not wanted", async () => {
  const endpoint = "http://s3.lan:9000";
  expect((await resolved({ endpoint })).url).toBe("http://s3.lan:9000/my-bucket");
  expect((await resolved({ endpoint, pathStyle: false })).url).toBe("http://my-bucket.s3.lan:9000");
  const vpc = "https://bucket.vpce-1a2b-3c4d.s3.eu-west-2.vpce.amazonaws.com";
  expect(await resolved({ endpoint: vpc })).toMatchObject({
    url: "https://my-bucket.bucket.vpce-1a2b-3c4d.s3.eu-west-2.vpce.amazonaws.com",
    region: "eu-west-2",
  });
});

test("the environment's endpoints", async () => {
  const general = { AWS_ENDPOINT_URL: "http://s3.lan:1" };
  expect((await resolved({}, general)).url).toBe("http://s3.lan:1/my-bucket");
  const own = { ...general, AWS_ENDPOINT_URL_S3: "http://s3.lan:2" };
  expect((await resolved({}, own)).url).toBe("http://s3.lan:2/my-bucket");
  expect((await resolved({ endpoint: "http://s3.lan:3" }, own)).url).toBe("http://s3.lan:3/my-bucket");
});

test("a profile's credentials, region and endpoint", async () => {
  expect(await resolved({ access: { profile: "own-server" } })).toEqual({
    url: "http://127.0.0.1:9001/base/my-bucket",
    region: "eu-north-1",
    signer: "OFPROFILE",
  });
});

test("a server of one's own is reached as nobody in particular where nobody is configured", async () => {
  const nobody = { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined };
  expect((await resolved({ endpoint: "http://127.0.0.1:9000" }, nobody)).signer).toBe("local");
  expect((await resolved({ endpoint: "http://127.0.0.1:9000" })).signer).toBe("OFENVIRONMENT");
});
