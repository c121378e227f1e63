import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type FaultRule, startFaultProxy } from "../helpers/fault-proxy.ts";
import { s3Endpoint } from "../helpers/s3.ts";
import { newPlace, type TestPlace, withPlace } from "../helpers/stores.ts";
import { idName, MINUTES, snapshot, snapshotLines, textOf } from "./folding.ts";

const RECORDS = Array.from({ length: 20 }, (_, n) => `{"id":{"S":"key-${n}"}}`).sort();

let place: TestPlace;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "ddbr-options-"));
  place = await newPlace("s3");
  for (const record of RECORDS) await place.put(`records/${idName(JSON.parse(record).id.S)}`, record);
}, MINUTES);
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await place.drop();
}, MINUTES);

describe("--logger", () => {
  test("appends a line for every request", async () => {
    const log = join(folder, "requests.log");
    const proxy = await startFaultProxy({
      target: s3Endpoint(),
      rules: [{ fault: { kind: "throttle" }, operations: ["GET"], nth: 9 }],
    });
    const lines = () => textOf(log).split("\n").slice(0, -1);
    try {
      const settings = { endpoint: proxy.url, options: ["--logger", log] };
      expect((await snapshot(place, "records", "logged.gz", settings)).code).toBe(0);
      const first = lines();
      const told = first.map((line) => JSON.parse(line));
      expect(
        told.filter(
          ({ event, end, operation }) =>
            event === "answered" && end === "source" && operation === "GetObject",
        ).length,
      ).toBe(RECORDS.length);
      expect(told.filter(({ event, throttled }) => event === "retried" && throttled)).toHaveLength(1);
      expect(told.some(({ end, operation }) => end === "destination" && operation === "PutObject")).toBe(
        true,
      );
      expect(told.every(({ time }) => new Date(time).toISOString() === time)).toBe(true);
      expect(statSync(log).mode & 0o777).toBe(0o600);

      expect((await snapshot(place, "records", "logged.gz", settings)).code).toBe(0);
      expect(lines().slice(0, first.length)).toEqual(first);
      expect(lines().length).toBeGreaterThan(first.length + RECORDS.length);
    } finally {
      await proxy.stop();
    }
  });

  test.each([
    ["/nonexistent/requests.log", /\/nonexistent\/requests\.log: cannot be written: .* - name a file/],
    [tmpdir(), /cannot be written: .* - name a file/],
    ["", /--logger is no file's name - /],
    ["s3://bucket/log", /--logger is a URL - /],
  ])("%j is refused", async (log, says) => {
    const { code, stdout, stderr } = await snapshot(place, "records", "refused.gz", {
      options: ["--logger", log],
    });
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/^ddbr: [^\n]*\n$/);
    expect(stderr).toMatch(says);
    expect(await place.get("refused.gz")).toBeUndefined();
  });
});

describe("--retries", () => {
  async function fold(retries: string, rules: FaultRule[]) {
    // All but the requests before it are of the folding itself.
    const proxy = await startFaultProxy({ target: s3Endpoint(), rules, log: true });
    try {
      const options = ["--plain", "--retries", retries, "--reads", "1"];
      const result = await snapshot(place, "records", `retries-${retries}.gz`, {
        endpoint: proxy.url,
        options,
      });
      return { ...result, proxy };
    } finally {
      await proxy.stop();
    }
  }

  test("0 fails at the first fault", async () => {
    const { code, stdout, proxy } = await fold("0", [
      { fault: { kind: "server-error" }, operations: ["GET"], nth: 12 },
    ]);
    expect(code, stdout).toBe(2);
    expect(stdout).toMatch(/\[summary\] incomplete: nothing written to .*retries-0\.gz\n/);
    expect(stdout.match(/\[summary\] failed: [^\n]*/g)).toHaveLength(1);
    expect(proxy.stats.faults["server-error"]).toBe(1);
    expect(await place.get("retries-0.gz")).toBeUndefined();
  });

  test("counts the repetitions of each request", async () => {
    const rule: FaultRule = { fault: { kind: "server-error" }, operations: ["GET"] };
    const enough = await fold("2", [{ ...rule, nth: [12, 13, 20, 21] }]);
    expect(enough.code, enough.stdout).toBe(0);
    expect(await snapshotLines(place, "retries-2.gz")).toEqual(RECORDS);
    const tooFew = await fold("1", [{ ...rule, nth: [12, 13, 14, 15, 16, 17] }]);
    expect(tooFew.code, tooFew.stdout).toBe(2);
    expect(await place.get("retries-1.gz")).toBeUndefined();
  });

  test.each(["-1", "1.5", "many", ""])("%j is refused", async (retries) => {
    const options = [`--retries=${retries}`];
    const { code, stderr } = await snapshot(place, "records", "refused.gz", { options });
    expect(code).toBe(2);
    expect(stderr).toMatch(/^ddbr: --retries [^\n]* - [^\n]*\n$/);
  });
});

describe("--metric", () => {
  /** A server that takes metrics, and what it was sent. */
  async function startCloudWatch() {
    const sent: string[] = [];
    const server = createServer(async (request, response) => {
      let body = "";
      for await (const piece of request) body += (piece as Buffer).toString("latin1");
      sent.push(body);
      // As text or as CBOR: an empty answer is right in the language that was asked in.
      const type = request.headers["content-type"] ?? "";
      const protocol = request.headers["smithy-protocol"];
      const headers = {
        "content-type": type,
        ...(protocol === undefined ? {} : { "smithy-protocol": protocol }),
      };
      response.writeHead(200, headers).end(type.includes("cbor") ? Buffer.of(0xa0) : "{}");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return { url, sent, stop: () => server.close() };
  }
  const options = ["--plain", "--metric", "eu-west-1/My Backups/orders"];

  test("sends size and count of what was written, or that it failed", async () => {
    const cloudWatch = await startCloudWatch();
    try {
      const env = { ...place.env, AWS_ENDPOINT_URL_CLOUDWATCH: cloudWatch.url };
      const { code, stdout } = await snapshot(place, "records", "metric.gz", { options, env });
      expect(code, stdout).toBe(0);
      expect(stdout).not.toContain("[warning]");
      expect(cloudWatch.sent).toHaveLength(1);
      for (const name of [
        "BackupSize",
        "BackupRecordCount",
        "TableName",
        "orders",
        "My Backups",
        "Bytes",
        "Count",
      ]) {
        expect(decodeURIComponent(cloudWatch.sent[0]!.replaceAll("+", " "))).toContain(name);
      }
      expect(cloudWatch.sent[0]).not.toContain("BackupErrors");

      expect((await snapshot(place, "nothing", "metric.gz", { options, env })).code).toBe(2);
      expect(cloudWatch.sent).toHaveLength(2);
      expect(cloudWatch.sent[1]).toContain("BackupErrors");
    } finally {
      cloudWatch.stop();
    }
  });

  test("that cannot be sent is a warning", async () => {
    const env = { ...place.env, AWS_ENDPOINT_URL_CLOUDWATCH: "http://127.0.0.1:1" };
    const { code, stdout } = await snapshot(place, "records", "unsent.gz", { options, env });
    expect(code, stdout).toBe(0);
    expect(stdout).toMatch(
      /\[warn\] [^\n]*\[warning\] metrics not sent: metrics eu-west-1\/My Backups\/orders: [^\n]+\n/,
    );
    expect(await snapshotLines(place, "unsent.gz")).toEqual(RECORDS);
  }, 60_000);

  test.each([
    "",
    "orders",
    "us-east-1/backups",
    "us-east-1/backups/",
    "/backups/orders",
    "us-east-1//orders",
  ])("%j is refused", async (metric) => {
    const { code, stdout, stderr } = await snapshot(place, "records", "refused.gz", {
      options: [`--metric=${metric}`],
    });
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/^ddbr: --metric is [^\n]* - it is region\/namespace\/table[^\n]*\n$/);
  });
});

test("a local file is written beside others, readable by its owner", async () => {
  await withPlace("directory", async (local) => {
    await local.put(`records/${idName("a")}`, '{"id":{"S":"a"}}');
    const { code } = await snapshot(local, "records", "new/out.gz", { cwd: folder });
    expect(code).toBe(0);
    expect(statSync(join(local.url, "new/out.gz")).mode & 0o077).toBe(0);
    expect(existsSync(join(folder, ".ddbr"))).toBe(false);
  });
});
