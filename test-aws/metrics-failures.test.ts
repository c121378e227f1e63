import { describe, expect, test } from "bun:test";
import { freePorts } from "../scripts/testbed/free-port.ts";
import { DdbrError, describeError } from "../src/core/errors.ts";
import { type BackupMetrics, sendBackupMetrics } from "../src/core/metrics/backup-metrics.ts";
import type { FaultRule } from "../test/helpers/fault-proxy.ts";
import { aws, metrics, throughProxy } from "./helpers/backup-metrics.ts";
import { withConfig, withVariables } from "./helpers/variables.ts";

function rejectionOf(sent: BackupMetrics): Promise<unknown> {
  return sendBackupMetrics(sent).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
}

async function failureOf(sent: BackupMetrics): Promise<DdbrError> {
  const error = await rejectionOf(sent);
  expect(error).toBeInstanceOf(DdbrError);
  expect(describeError(error)).not.toMatch(/\n|dynamodb|undefined|\[object/i);
  return error as DdbrError;
}

/** What comes of a server that answers everything so. */
async function answered(body: string, init: ResponseInit): Promise<DdbrError> {
  const server = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => new Response(body, init) });
  try {
    return await failureOf(metrics({ endpoint: `http://127.0.0.1:${server.port}` }));
  } finally {
    await server.stop(true);
  }
}

describe("metrics that cannot be sent are one clear line", () => {
  const lineOf = (failure: DdbrError) => describeError(failure).replace(/Backups-[^/]+/, "NS");

  test("where nothing listens", async () => {
    const [port] = await freePorts(1);
    const failure = await failureOf(metrics({ endpoint: `http://127.0.0.1:${port}` }));
    expect(failure.code).toBe("connection");
    expect(lineOf(failure)).toMatch(/^metrics eu-west-1\/NS\/orders: cannot reach the server.* - check /);
    expect(failure.hint).toContain("AWS_ENDPOINT_URL_CLOUDWATCH");
  });

  test("without permission", async () => {
    const rules: FaultRule[] = [{ fault: { kind: "access-denied" }, always: true }];
    const failure = await throughProxy({ rules }, (endpoint) => failureOf(metrics({ endpoint })));
    expect(failure.code).toBe("permission");
    expect(lineOf(failure)).toBe(
      "metrics eu-west-1/NS/orders: not allowed to PutMetricData: User is not authorized to perform this operation." +
        " - grant cloudwatch:PutMetricData",
    );
  });

  test.each([
    ["permission", 403, "AccessDenied"],
    ["credentials", 403, "InvalidClientTokenId"],
    ["credentials", 403, "ExpiredToken"],
    ["throttled", 400, "Throttling"],
    ["service", 500, "InternalServiceFault"],
    ["service-refused", 400, "InvalidParameterValue"],
  ] as const)("%s: %i %s", async (code, status, name) => {
    const body = JSON.stringify({ __type: `com.amazonaws.cloudwatch#${name}`, message: "It said\nso." });
    const headers = { "content-type": "application/x-amz-json-1.0", "x-amzn-query-error": `${name};Sender` };
    const failure = await answered(body, { status, headers });
    expect(failure.code).toBe(code);
    expect(lineOf(failure)).toStartWith("metrics eu-west-1/NS/orders: ");
  });

  test.each([200, 404, 503])("where something else answers, with %i", async (status) => {
    const failure = await answered("<html>Hello</html>", { status });
    expect(failure.message).toBe("what answers there does not speak CloudWatch");
  });

  test("without a region", async () => {
    const { endpoint, region, ...sent } = metrics();
    const variables = { AWS_REGION: undefined, AWS_ENDPOINT_URL_CLOUDWATCH: aws() };
    const failure = await withVariables(variables, () => failureOf(sent));
    expect(failure.code).toBe("location");
    expect(lineOf(failure)).toMatch(/^metrics NS\/orders: no region to send them to.* - .*AWS_REGION/);
  });

  test("without credentials", async () => {
    const { endpoint, ...sent } = metrics();
    const variables = { AWS_ACCESS_KEY_ID: undefined, AWS_ENDPOINT_URL_CLOUDWATCH: aws() };
    const failure = await withVariables(variables, () => failureOf(sent));
    expect(failure.code).toBe("credentials");
    expect(failure.hint).toContain("AWS_PROFILE");
  });

  test("with a profile that is not there", async () => {
    const failure = await failureOf(metrics({ access: { profile: "prodution" } }));
    expect(failure.code).toBe("credentials");
    expect(lineOf(failure)).toStartWith('metrics eu-west-1/NS/orders: profile "prodution": ');
  });

  test("with an address that is none", async () => {
    const { endpoint, ...sent } = metrics();
    const failure = await withVariables({ AWS_ENDPOINT_URL_CLOUDWATCH: "cloud watch" }, () =>
      failureOf(sent),
    );
    expect(failure.message).toBe("the server's address is not a URL");
  });
});

describe("nobody waits long for a metric", () => {
  const LONGEST_MS = 25_000;

  test.concurrent("when the server never answers", async () => {
    const rules: FaultRule[] = [{ fault: { kind: "delay", ms: 60_000 }, always: true }];
    const start = Date.now();
    const failure = await throughProxy({ rules }, (endpoint) => failureOf(metrics({ endpoint })));
    expect(failure.code).toBe("connection");
    expect(Date.now() - start).toBeLessThan(LONGEST_MS);
  });

  test.concurrent("when credentials never come", async () => {
    const config = "[profile slow]\ncredential_process = sleep 40\n";
    const start = Date.now();
    const failure = await withConfig(config, () => failureOf(metrics({ access: { profile: "slow" } })));
    expect(failure.message).toBe("gave up waiting to send them");
    expect(Date.now() - start).toBeLessThan(LONGEST_MS);
  });

  test("when the run is stopped", async () => {
    const rules: FaultRule[] = [{ fault: { kind: "delay", ms: 60_000 }, always: true }];
    const reason = new Error("stopped");
    const start = Date.now();
    const stopped = await throughProxy({ rules }, (endpoint) =>
      rejectionOf({ ...metrics({ endpoint }), signal: stoppedAfter(100, reason) }),
    );
    expect(stopped).toBe(reason);
    expect(await rejectionOf({ ...metrics(), signal: AbortSignal.abort(reason) })).toBe(reason);
    expect(Date.now() - start).toBeLessThan(3_000);
  });
});

function stoppedAfter(ms: number, reason: Error): AbortSignal {
  const stop = new AbortController();
  setTimeout(() => stop.abort(reason), ms);
  return stop.signal;
}
