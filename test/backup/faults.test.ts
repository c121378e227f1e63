import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import type { CliResult } from "../helpers/cli.ts";
import { dynamoDbEndpoint } from "../helpers/dynamodb.ts";
import {
  type FaultProxy,
  type FaultProxyOptions,
  type FaultRule,
  startFaultProxy,
} from "../helpers/fault-proxy.ts";
import { s3Endpoint } from "../helpers/s3.ts";
import { STORE_KINDS, type TestPlace, withPlace } from "../helpers/stores.ts";
import { createTable, type TestTable } from "../helpers/table.ts";
import { backedUp, backUp, expectWhole, readManifest, untruths } from "./dump.ts";
import { rawSegments } from "./raw-table.ts";

const MINUTES = 60_000;
let table: TestTable;
const proxies: FaultProxy[] = [];

/** Two segments of some 10 MB: several parts of an upload each, and some twenty answers of a scan. */
beforeAll(async () => {
  table = await createTable();
  const text = "0123456789abcdef".repeat(6_250);
  await table.load(
    Array.from({ length: 200 }, (_, id) => ({ id: { S: `${id}` }, text: { S: `${id}${text}` } })),
  );
}, MINUTES);

afterAll(() => table.drop());
afterEach(async () => {
  for (const proxy of proxies.splice(0)) await proxy.stop();
});

async function proxyTo(target: string, options: Partial<FaultProxyOptions>): Promise<FaultProxy> {
  const proxy = await startFaultProxy({ target, seed: 11, ...options });
  proxies.push(proxy);
  return proxy;
}

/** The place as it is reached through a proxy. */
const through = (place: TestPlace, proxy: FaultProxy): TestPlace => ({
  ...place,
  options: () => place.options(proxy.url),
});

const MANY: FaultRule[] = [
  { fault: { kind: "throttle" }, rate: 0.1 },
  { fault: { kind: "server-error", status: 500 }, rate: 0.06 },
  { fault: { kind: "server-error", status: 503 }, rate: 0.06 },
  { fault: { kind: "reset-before" }, rate: 0.06 },
  { fault: { kind: "reset-after" }, rate: 0.08 },
  { fault: { kind: "truncate" }, rate: 0.08 },
];

interface Totals {
  source: { retries: number; throttles: number };
  destination: { retries: number; throttles: number };
}

function lastEvent(stdout: string): { totals: Totals; outcome: string; failure?: string } {
  return JSON.parse(stdout.trimEnd().split("\n").at(-1)!);
}

describe.each(STORE_KINDS)("faults on both sides, to %s", (kind) => {
  test.each<[string, number, string[]]>([
    ["in many small files", 12, []],
    ["in large files", 2, ["--compress", "none"]],
  ])(
    "%s: the same content, nothing lost, retries counted",
    (_, count, words) =>
      withPlace(kind, async (place) => {
        const source = await proxyTo(dynamoDbEndpoint(), { rules: MANY });
        const destination = await proxyTo(s3Endpoint(), { rules: MANY });
        const { code, stdout, stderr } = await backUp(
          `${source.url}/${table.name}`,
          through(place, destination),
          ["--jobid", "j", "--segments", `${count}`, "--json", ...words],
        );
        expect(code, stdout + stderr).toBe(0);
        await expectWhole(place, "j", await rawSegments(table.name, count));
        const { totals } = lastEvent(stdout);
        const scans = source.stats.calls.Scan!;
        expect(scans).toBeGreaterThan(count);
        expect(totals.source.retries).toBeGreaterThan(0);
        expect(totals.source.throttles).toBeLessThan(totals.source.retries);
        if (kind === "s3") expect(totals.destination.retries).toBeGreaterThan(0);
        else expect(totals.destination.retries).toBe(0);
      }),
    3 * MINUTES,
  );

  test(
    "a table whose server dies in the middle: a clear end, nothing half written, and the rest by --resume",
    () =>
      withPlace(kind, async (place) => {
        const words = ["--jobid", "j", "--segments", "12", "--patience", "1"];
        const source = await proxyTo(dynamoDbEndpoint(), {
          onRequest: (operation, _body, call) => {
            if (operation === "Scan" && call === 10) void source.stop();
          },
        });
        const result = await backUp(`${source.url}/${table.name}`, place, words);
        await expectClearEnd(
          result,
          place,
          /failed: http:\/\/127\.0\.0\.1:\d+\/t-\S+: cannot reach the server.* - check/,
        );
        expect(await place.litter()).toEqual([]);
        await backedUp(table.location, place, ...words, "--resume");
        await expectWhole(place, "j", await rawSegments(table.name, 12));
      }),
    2 * MINUTES,
  );

  test(
    "a scan that is not allowed: that is said, and nothing is asked again",
    () =>
      withPlace(kind, async (place) => {
        const rules: FaultRule[] = [{ fault: { kind: "access-denied" }, operations: ["Scan"], always: true }];
        const source = await proxyTo(dynamoDbEndpoint(), { rules });
        const words = ["--jobid", "j", "--segments", "12"];
        const result = await backUp(`${source.url}/${table.name}`, place, words);
        await expectClearEnd(result, place, /failed: .*not allowed to Scan.* - grant dynamodb:Scan/);
        expect(source.stats.calls.Scan!).toBeLessThanOrEqual(4);
        expect(await place.keys()).toEqual([]);
      }),
    MINUTES,
  );
});

describe("a server of S3", () => {
  test(
    "that dies in the middle: a clear end, nothing half written, and the rest by --resume, which clears up",
    () =>
      withPlace("s3", async (place) => {
        // In the middle of an upload in parts.
        const words = ["--jobid", "j", "--segments", "2", "--compress", "none", "--patience", "1"];
        const destination = await proxyTo(s3Endpoint(), {
          onRequest: (operation, _body, call) => {
            if (operation === "PUT" && call === 2) void destination.stop();
          },
        });
        const result = await backUp(table.location, through(place, destination), words);
        await expectClearEnd(result, place, /failed: s3:\/\/\S+: cannot reach the server.* - check/);
        expect(await place.litter()).not.toEqual([]);
        await backedUp(table.location, place, ...words, "--resume");
        await expectWhole(place, "j", await rawSegments(table.name, 2));
        expect(await place.litter()).toEqual([]);
      }),
    2 * MINUTES,
  );

  test(
    "that lets nobody write: that is said, and what is not done is named",
    () =>
      withPlace("s3", async (place) => {
        const rules: FaultRule[] = [{ fault: { kind: "access-denied" }, operations: ["PUT"], always: true }];
        const destination = await proxyTo(s3Endpoint(), { rules });
        const words = ["--jobid", "j", "--segments", "12"];
        const result = await backUp(table.location, through(place, destination), words);
        await expectClearEnd(
          result,
          place,
          /failed: s3:\/\/\S+: not allowed to PutObject.* - grant s3:PutObject/,
        );
        expect(await place.keys()).toEqual([]);
      }),
    MINUTES,
  );
});

/** One line says why, others what is not done and how to go on; and what is there is whole. */
async function expectClearEnd(
  { code, stdout, stderr }: CliResult,
  place: TestPlace,
  reason: RegExp,
): Promise<void> {
  expect(code, stdout).toBe(2);
  expect(stderr).toBe("");
  const lines = stdout.trimEnd().split("\n");
  expect(lines.filter((line) => line.includes("failed: "))).toEqual([expect.stringMatching(reason)]);
  expect(stdout).not.toMatch(/unexpected failure|TypeError|\bat .*:\d+:\d+/);
  expect(stdout).toContain("to go on: --jobid j --resume");
  const undone = lines.flatMap((line) => /\[undone\] segment (\d+) /.exec(line)?.[1] ?? []);
  const [, done, all] = /(\d+) of (\d+) segments done/.exec(stdout)!;
  expect(new Set(undone).size).toBe(Number(all) - Number(done));
  expect(undone.length).toBeGreaterThan(0);
  for (const segment of undone) {
    expect(await place.get(`j/receipts/${segment}.json`)).toBeUndefined();
  }
  expect(await untruths(place, "j")).toEqual([]);
  expect(await readManifest(place, "j")).toBeUndefined();
}
