import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { runDdbr } from "../helpers/cli.ts";
import { dynamoDbEndpoint } from "../helpers/dynamodb.ts";
import { startFaultProxy } from "../helpers/fault-proxy.ts";
import { order } from "../helpers/orders.ts";
import { STORE_KINDS, withPlace } from "../helpers/stores.ts";
import { createTable, type TestTable } from "../helpers/table.ts";
import { backedUp, backUp, expectWhole, readManifest } from "./dump.ts";
import { rawSegments } from "./raw-table.ts";

const ITEMS = 3_000;
const WORDS = ["--jobid", "j", "--segments", "3"];
let table: TestTable;

beforeAll(async () => {
  table = await createTable();
  await table.load(Array.from({ length: ITEMS }, (_, number) => order(`order-${number}`)));
});

afterAll(() => table.drop());

interface Event {
  event: string;
  time: string;
  [member: string]: unknown;
}

const LINE = /^\[[^\]]+\] \[info\] \[backup-table\] \[j\] (.*)$/;

describe.each(STORE_KINDS)("on %s", (kind) => {
  test("plain lines say what is read and written, and sum it up", () =>
    withPlace(kind, async (place) => {
      const { stdout, stderr } = await backedUp(table.location, place, ...WORDS);
      expect(stderr).toBe("");
      const told = stdout.trimEnd().split("\n");
      const lines = told.map((line) => LINE.exec(line)?.[1] ?? `not a line: ${line}`);
      const done = lines.filter((line) => line.startsWith("[segment]")).sort();
      expect(done).toEqual([0, 1, 2].map((segment) => `[segment] ${segment} done`));
      expect(lines.filter((line) => !line.startsWith("[segment]"))).toEqual([
        `[start] from ${table.location} to ${place.url}`,
        "[start] 3 of 3 segments",
        expect.stringMatching(
          /^\[estimate\] about 3,000 items, \d.*B, \d+ read units, from the table's size$/,
        ),
        `[summary] 3,000 items written to ${place.url}/j/`,
        expect.stringMatching(/^\[summary\] read: 3,000 items, \d+ requests, [\d.]+ read units, 0 retries/),
        expect.stringMatching(/^\[summary\] wrote: \d.*B, \d.*B stored, \d+ requests, 0 retries/),
        expect.stringMatching(/^\[summary\] took .*, [\d,]+ items\/s$/),
      ]);
    }));

  test("--quiet prints the summary only", () =>
    withPlace(kind, async (place) => {
      const { stdout, stderr } = await backedUp(table.location, place, ...WORDS, "--quiet");
      expect(stderr).toBe("");
      const lines = stdout.trimEnd().split("\n");
      expect(lines).toEqual(lines.map(() => expect.stringMatching(/ \[summary\] /)));
      expect(lines[0]).toContain("3,000 items written to");
    }));

  test("--json prints events, and nothing else", () =>
    withPlace(kind, async (place) => {
      await backedUp(table.location, place, ...WORDS, "--segment", "1");
      const { stdout, stderr } = await backedUp(table.location, place, ...WORDS, "--resume", "--json");
      expect(stderr).toBe("");
      const events = stdout
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line) as Event);
      for (const { time } of events) expect(new Date(time).toISOString()).toBe(time);
      const manifest = (await readManifest(place, "j"))!;
      const { items, rawBytes, storedBytes } = manifest.files[1]!;
      const { event, time, ...started } = events[0]!;
      expect(event).toBe("started");
      expect(started).toEqual({
        ...{ job: "backup", jobId: "j", source: table.location, destination: place.url },
        ...{ schema: [{ name: "id", type: "S" }], segments: 3, chosen: [0, 1, 2] },
        estimate: { items: ITEMS, bytes: expect.any(Number), readUnits: expect.any(Number) },
      });
      expect(events[1]).toMatchObject({ event: "segment-kept", segment: 1, items, rawBytes, storedBytes });
      for (const segment of [0, 2]) {
        expect(events.filter((told) => told.segment === segment).map((told) => told.event)).toEqual([
          "segment-started",
          "segment-done",
        ]);
      }
      const finished = events.at(-1)!;
      expect(finished).toEqual({
        ...{ event: "finished", time: expect.any(String), job: "backup", jobId: "j", outcome: "complete" },
        ...{ segments: 3, ofSegments: 3, elapsedMs: expect.any(Number), wrote: `${place.url}/j/` },
        totals: {
          ...{ read: ITEMS - items, written: ITEMS - items, kept: items, foreign: 0, listed: 0, undone: 0 },
          ...{ rawBytes: manifest.rawBytes, storedBytes: manifest.storedBytes },
          ...{ segmentsDone: 3, segmentsKept: 1 },
          source: end(manifest.readUnits - manifest.files[1]!.readUnits),
          destination: end(0),
        },
      });
      const others = events.filter((told) => !told.event.startsWith("segment-") && told.event !== "progress");
      expect(others.map((told) => told.event)).toEqual(["started", "finished"]);
    }));
});

const end = (readUnits: number) => ({
  ...{ requests: expect.any(Number), bytes: expect.any(Number), readUnits, retries: 0, throttles: 0 },
});

test("a metric that cannot be sent is a warning", () =>
  withPlace("directory", async (place) => {
    const env = { AWS_ENDPOINT_URL_CLOUDWATCH: "http://127.0.0.1:1" };
    const { code, stdout, stderr } = await backUp(table.location, place, [...WORDS, "--metric", "Backups"], {
      env,
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const warnings = stdout.split("\n").filter((line) => line.includes("[warning]"));
    expect(warnings).toEqual([
      expect.stringMatching(
        / \[warn\] .*\[warning\] metrics not sent: .*: cannot reach the server.* - check/,
      ),
    ]);
    await expectWhole(place, "j", await rawSegments(table.name, 3));
  }));

test("a metric of a failure that cannot be sent does not hide the failure", () =>
  withPlace("directory", async (place) => {
    const env = { AWS_ENDPOINT_URL_CLOUDWATCH: "http://127.0.0.1:1" };
    const words = [...WORDS, "--metric", "Backups"];
    const { code, stdout, stderr } = await backUp(`${table.location}-none`, place, words, { env });
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/^ddbr: http:\/\/\S+-none: no such table - [^\n]+\n$/);
  }));

test("--max-rcu holds over time", async () => {
  const LIMIT = 30;
  let begunAt = 0;
  let endedAt = 0;
  let units = 0;
  const proxy = await startFaultProxy({
    target: dynamoDbEndpoint(),
    onRequest: (operation) => {
      if (operation === "Scan" && begunAt === 0) begunAt = performance.now();
    },
    onResponse: (operation, _status, body) => {
      if (operation !== "Scan") return;
      endedAt = performance.now();
      units += JSON.parse(body!).ConsumedCapacity.CapacityUnits;
    },
  });
  try {
    await withPlace("directory", async (place) => {
      await backedUp(`${proxy.url}/${table.name}`, place, ...WORDS, "--max-rcu", `${LIMIT}`);
      await expectWhole(place, "j", await rawSegments(table.name, 3));
    });
  } finally {
    await proxy.stop();
  }
  expect(units).toBeGreaterThan(3 * LIMIT);
  // A second's worth may come at once at the start, and one answer more.
  expect((endedAt - begunAt) / 1000).toBeGreaterThan(units / LIMIT - 1.5);
});

test("the help names every option", async () => {
  const { code, stdout, stderr } = await runDdbr(["backup-table", "--help"]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  for (const name of [
    "jobid",
    "resume",
    "overwrite",
    "segment",
    "segments",
    "concurrency",
    "compress",
    "format",
  ]) {
    expect(stdout).toMatch(new RegExp(`^ +--${name}[ =,]`, "m"));
  }
  for (const name of [
    "metric",
    "max-rcu",
    "consistent",
    "s3-endpoint",
    "sse",
    "json",
    "quiet",
    "plain",
    "patience",
  ]) {
    expect(stdout).toMatch(new RegExp(`^ +--${name}[ =,]`, "m"));
  }
  expect(stdout).toContain("ddbr backup-table us-east-1/primary s3://my-bucket/some-prefix");
  expect(stdout).toMatch(/Exit codes: 0 .* 2 .* 130/);
});
