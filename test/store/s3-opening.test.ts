import { afterAll, beforeAll, expect, test } from "bun:test";
import { describeError } from "../../src/core/errors.ts";
import { startFaultProxy } from "../helpers/fault-proxy.ts";
import { createBucket, s3Credentials, s3Endpoint, type TestBucket } from "../helpers/s3.ts";
import { failureOf, textOf } from "./contract/subject.ts";
import { openAt } from "./s3-opened.ts";

let bucket: TestBucket;
beforeAll(async () => {
  bucket = await createBucket();
});
afterAll(() => bucket.drop());

/** A server that answers everything alike. */
async function withAnswer(
  answer: (request: Request) => Response | Promise<Response>,
  use: (endpoint: string) => Promise<void>,
): Promise<void> {
  const server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: answer });
  try {
    await use(`http://127.0.0.1:${server.port}`);
  } finally {
    await server.stop(true);
  }
}

const xml = (status: number, body: string, headers: Record<string, string> = {}) =>
  new Response(`<?xml version="1.0" encoding="UTF-8"?>\n${body}`, {
    status,
    headers: { "content-type": "application/xml", ...headers },
  });
const error = (status: number, code: string, message: string, headers?: Record<string, string>) =>
  xml(status, `<Error><Code>${code}</Code><Message>${message}</Message></Error>`, headers);

test("a bucket that isn't there", async () => {
  const failure = await failureOf(() => openAt("s3://ddbr-absent-bucket/backups"));
  expect(failure).toMatchObject({ code: "no-such-bucket", subject: "s3://ddbr-absent-bucket/backups" });
  expect(describeError(failure)).toBe(
    "s3://ddbr-absent-bucket/backups: no such bucket: ddbr-absent-bucket - check the name, the account and the endpoint",
  );
});

test("wrong credentials", async () => {
  const { accessKeyId } = s3Credentials();
  for (const wrong of [
    { accessKeyId, secretAccessKey: "wrong" },
    { accessKeyId: "nobody", secretAccessKey: "wrong" },
  ]) {
    const failure = await failureOf(() => openAt(`s3://${bucket.name}`, {}, wrong));
    expect(failure).toMatchObject({ code: "credentials" });
    expect(describeError(failure)).not.toContain("\n");
  }
});

test("nobody at the address", async () => {
  const started = performance.now();
  const failure = await failureOf(() => openAt(`s3://${bucket.name}`, { endpoint: "http://127.0.0.1:9" }));
  expect(failure).toMatchObject({ code: "connection", hint: "check the address and the network" });
  expect(performance.now() - started).toBeLessThan(10_000);
});

test("an address that is none", async () => {
  const failure = await failureOf(() => openAt(`s3://${bucket.name}`, { endpoint: "no address" }));
  expect(failure).toMatchObject({ code: "connection" });
});

test("a server that isn't S3", async () => {
  const answers: [string, () => Response][] = [
    [
      "a page",
      () => new Response("<html><body>It works!</body></html>", { headers: { "content-type": "text/html" } }),
    ],
    ["nothing", () => new Response("")],
    ["JSON", () => Response.json({ message: "ok" })],
    ["a page that isn't there", () => new Response("<html>not found</html>", { status: 404 })],
    [
      "JSON of an error",
      () => Response.json({ __type: "com.amazon.coral#UnknownOperationException" }, { status: 400 }),
    ],
    ["a redirect", () => new Response(null, { status: 302, headers: { location: "https://127.0.0.1:1/" } })],
    ["a failing page", () => new Response("<html>bad gateway</html>", { status: 502 })],
    ["broken XML", () => xml(200, "<ListBucketResult><Contents>")],
  ];
  for (const [what, answer] of answers) {
    await withAnswer(answer, async (endpoint) => {
      const failure = await failureOf(() => openAt(`s3://${bucket.name}`, { endpoint, patienceMs: 300 }));
      expect(failure, what).toMatchObject({ message: expect.stringContaining("does not speak S3") });
    });
  }
}, 20_000);

test("a bucket of somebody who lets nobody list can be opened", async () => {
  const proxy = await startFaultProxy({
    target: s3Endpoint(),
    rules: [{ fault: { kind: "access-denied" }, operations: ["GET"], nth: 1 }],
  });
  const store = await openAt(`s3://${bucket.name}/little`, { endpoint: proxy.url });
  await store.put("a", "x");
  expect(await textOf(store, "a")).toBe("x");
  store.close();
  await proxy.stop();
});

test("a bucket in another region is found", async () => {
  for (const refusal of [
    () => error(301, "PermanentRedirect", "elsewhere", { "x-amz-bucket-region": "eu-west-3" }),
    () => xml(400, "<Error><Code>AuthorizationHeaderMalformed</Code><Region>eu-west-3</Region></Error>"),
    () => error(403, "AccessDenied", "no", { "x-amz-bucket-region": "eu-west-3" }),
  ]) {
    const regions: string[] = [];
    await withAnswer(
      (request) => {
        regions.push(/Credential=[^/]+\/\d+\/([^/]+)\//.exec(request.headers.get("authorization")!)![1]!);
        return regions.at(-1) === "eu-west-3" ? xml(200, "<ListBucketResult/>") : refusal();
      },
      async (endpoint) => (await openAt("s3://bucket", { endpoint })).close(),
    );
    expect(regions).toEqual(["us-east-1", "eu-west-3"]);
  }
});

test("a bucket that is nowhere says where it isn't", () =>
  withAnswer(
    () => error(301, "PermanentRedirect", "go away"),
    async (endpoint) => {
      const failure = await failureOf(() => openAt("s3://bucket", { endpoint }));
      expect(failure).toMatchObject({ message: "the bucket isn't in us-east-1: PermanentRedirect" });
    },
  ));

test("a wrong clock is corrected once", async () => {
  let seen = 0;
  const skew = 3_600_000;
  await withAnswer(
    (request) => {
      seen++;
      const signed = request.headers.get("x-amz-date")!;
      const time = Date.parse(signed.replace(/^(....)(..)(..)T(..)(..)(..)Z$/, "$1-$2-$3T$4:$5:$6Z"));
      const right = Date.now() + skew;
      if (Math.abs(time - right) < 60_000) return xml(200, "<ListBucketResult/>");
      return error(403, "RequestTimeTooSkewed", "skewed", { date: new Date(right).toUTCString() });
    },
    async (endpoint) => (await openAt("s3://bucket", { endpoint })).close(),
  );
  expect(seen).toBe(2);
});

test("what a server says never reaches the terminal as it is", () =>
  withAnswer(
    () => error(400, "Odd\u001b[31mCode", "first&#10;second \u001b]0;title\u0007"),
    async (endpoint) => {
      const failure = await failureOf(() => openAt("s3://bucket", { endpoint }));
      expect(failure).toMatchObject({ code: "service-refused" });
      expect(describeError(failure)).not.toMatch(/\p{Cc}/u);
    },
  ));

test("opening can be stopped", async () => {
  const reason = new Error("stopped by the test");
  expect(await failureOf(() => openAt("s3://bucket", { signal: AbortSignal.abort(reason) }))).toBe(reason);
});
