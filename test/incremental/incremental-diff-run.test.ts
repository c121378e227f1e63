import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { dynamoDbEndpoint } from "../helpers/dynamodb.ts";
import { type FaultProxy, type FaultRule, startFaultProxy } from "../helpers/fault-proxy.ts";
import { driftingOrders, driftLines } from "../helpers/orders.ts";
import { s3Endpoint } from "../helpers/s3.ts";
import { newPlace, type TestPlace } from "../helpers/stores.ts";
import { createTable, type TestTable } from "../helpers/table.ts";
import {
  COMPRESS,
  type DiffRunOptions,
  events,
  incrementalDiff,
  lines,
  writeDump,
  writeFolder,
} from "./diff-backups.ts";

const ITEMS = 300;
const tables = driftingOrders(ITEMS, 50);
const seeded = driftLines(tables.drift);
const PATHS = ["folders", "dump", "snapshot"];

/** Every third request fails in some way. */
const HEAVY: FaultRule[] = [
  { fault: { kind: "throttle" }, rate: 0.08 },
  { fault: { kind: "server-error", status: 500 }, rate: 0.05 },
  { fault: { kind: "server-error", status: 503 }, rate: 0.05 },
  { fault: { kind: "unprocessed", share: 0.6 }, rate: 0.4 },
  { fault: { kind: "reset-before" }, rate: 0.05 },
  { fault: { kind: "reset-after" }, rate: 0.05 },
  { fault: { kind: "truncate" }, rate: 0.05 },
];

type Program = { kill(signal: NodeJS.Signals): void };

let table: TestTable;
let place: TestPlace;
let dynamo: FaultProxy;
let s3: FaultProxy;
/** Awaited with every request to either side. */
let onRequest: (operation: string) => unknown = () => {};

beforeAll(async () => {
  [table, place] = await Promise.all([createTable(), newPlace("s3")]);
  await Promise.all([
    table.load(tables.primary()),
    writeFolder(place, `folders/${table.name}`, tables.replica()),
    writeDump(place, "dump", tables.replica()),
    place.put("snapshot", COMPRESS.gzip(lines(tables.replica()))),
  ]);
  const proxy = (target: string) =>
    startFaultProxy({ target, seed: 3, onRequest: (operation) => onRequest(operation) });
  [dynamo, s3] = await Promise.all([proxy(dynamoDbEndpoint()), proxy(s3Endpoint())]);
}, 60_000);

afterAll(() => Promise.all([table.drop(), place.drop(), dynamo.stop(), s3.stop()]));

function diff(path: string, words: string[] = [], options: DiffRunOptions = {}) {
  return incrementalDiff(`${dynamo.url}/${table.name}`, place, path, words, { endpoint: s3.url, ...options });
}

describe("faults on both sides", () => {
  test("the same is found, and retries are counted for the side that had them", async () => {
    for (const path of PATHS) {
      for (const proxy of [dynamo, s3]) proxy.setRules(HEAVY);
      const run = await diff(path, ["--json"]);
      for (const proxy of [dynamo, s3]) proxy.setRules([]);
      expect(run.found).toEqual(seeded);
      expect(run.code).toBe(1);
      const { totals } = events(run.stdout).at(-1) as {
        totals: { primary: { items: number; retries: number }; replica: { items: number; retries: number } };
      };
      if (path === "folders") {
        expect(totals.primary.retries).toBeGreaterThan(0);
        expect(totals.replica.retries).toBeGreaterThan(0);
      }
      expect(totals.primary.items).toBe(ITEMS);
    }
  }, 120_000);

  test("a repair mends the same, although some writes are done without the client hearing of it", async () => {
    await writeFolder(place, `mended/${table.name}`, tables.replica());
    for (const proxy of [dynamo, s3]) proxy.setRules(HEAVY);
    const run = await diff("mended", ["--repair"]);
    for (const proxy of [dynamo, s3]) proxy.setRules([]);
    expect(run.found).toEqual(seeded);
    expect(run.code).toBe(0);
    expect((await place.keys("mended")).length).toBe(ITEMS);
    const after = await diff("mended");
    expect([after.code, after.found]).toEqual([0, []]);
  }, 120_000);

  test("what never ends is one clear line, and no result", async () => {
    const denied: FaultRule[] = [{ fault: { kind: "access-denied" }, operations: ["GET"], always: true }];
    const busy: FaultRule[] = [{ fault: { kind: "throttle" }, operations: ["Scan"], always: true }];
    for (const path of PATHS) {
      s3.setRules(denied);
      const refused = await diff(path, ["--patience", "1"]);
      s3.setRules([]);
      expect(refused.code).toBe(2);
      expect(refused.stdout + refused.stderr).toMatch(/not allowed|denied|permission|may not/i);
      expect(refused.stdout + refused.stderr).not.toMatch(/\n\s+at |equals the table/);
      dynamo.setRules(busy);
      const throttled = await diff(path, ["--patience", "1"]);
      dynamo.setRules([]);
      expect(throttled.code).toBe(2);
      expect(throttled.stdout).toMatch(/failed: .*throttled/);
      expect(throttled.stdout).toContain("incomplete: ");
      expect(throttled.report.at(-1)).toMatchObject({
        kind: "undone",
        reason: expect.stringContaining("throttled"),
      });
    }
  }, 120_000);

  test("a write that is refused: exit 2, and the record is named", async () => {
    s3.setRules([{ fault: { kind: "access-denied" }, operations: ["PUT", "DELETE"], always: true }]);
    const run = await diff("folders", ["--repair", "--patience", "1"]);
    s3.setRules([]);
    expect(run.code).toBe(2);
    expect(run.report.filter(({ kind }) => kind === "undone").length).toBeGreaterThan(0);
    expect(run.stdout).not.toContain("all repaired");
    const after = await diff("folders");
    expect(after.found).toEqual(seeded);
  }, 60_000);
});

describe("stopped in the middle", () => {
  let program: Program | undefined;
  const started = (child: Program) => {
    program = child;
  };

  for (const path of PATHS) {
    test(`${path}: exit 130, and the report says that it is partial`, async () => {
      let scans = 0;
      onRequest = async (operation) => {
        if (operation !== "Scan") return;
        scans++;
        if (scans === 6) program?.kill("SIGINT");
        if (scans >= 6) await Bun.sleep(3_000);
      };
      const begin = performance.now();
      const run = await diff(path, [], { started });
      onRequest = () => {};
      expect(run.code).toBe(130);
      expect(performance.now() - begin).toBeLessThan(60_000);
      expect(run.stdout).toContain("stopped: ");
      expect(run.stdout).not.toContain("equals the table");
      const last = run.report.at(-1)!;
      expect(last.key).toBeUndefined();
      expect(last).toMatchObject({
        kind: "undone",
        reason: expect.stringMatching(/^stopped: \d of 8 segments done/),
      });
    }, 60_000);
  }

  test("a repair that is stopped has written nothing that is not the table's", async () => {
    await writeFolder(place, `halted/${table.name}`, tables.replica());
    let puts = 0;
    onRequest = (operation) => {
      if (operation === "PUT" && ++puts === 3) program?.kill("SIGINT");
    };
    const run = await diff("halted", ["--repair"], { started });
    onRequest = () => {};
    expect(run.code).toBe(130);
    const rest = await diff("halted");
    expect(rest.found.every((line) => seeded.includes(line))).toBe(true);
    expect(rest.found.length).toBeLessThan(seeded.length);
    expect((await diff("halted", ["--repair"])).code).toBe(0);
  }, 60_000);
});

describe("what is said", () => {
  test("plain lines and the summary speak of the table and the backup", async () => {
    for (const path of PATHS) {
      const { stdout, stderr } = await diff(path);
      expect(stderr).toBe("");
      expect(stdout).not.toMatch(/primary|replica/i);
      expect(stdout).toMatch(new RegExp(`\\[start\\] table ${dynamo.url}/${table.name}: about 300 items`));
      const shown = path === "folders" ? `folders/${table.name}` : path;
      expect(stdout).toContain(`[start] backup ${place.url}/${shown}: about `);
      expect(stdout).toContain("18 discrepancies (6 missing, 6 different, 6 extraneous)");
      expect(stdout).toMatch(/\[summary\] table: 300 items/);
      expect(stdout).toMatch(/\[summary\] backup: \d+ items/);
    }
  });

  test("--quiet: discrepancies and the summary, no progress", async () => {
    const { stdout } = await diff("folders", ["--quiet"]);
    expect(stdout).not.toMatch(/\[start\]|\[estimate\]|\[progress\]|primary|replica/);
    expect(stdout.match(/\[(missing|different|extraneous)\] /g)?.length).toBe(seeded.length);
    expect(stdout).toContain("[summary] 18 discrepancies");
  });

  test("--json: events as docs/events.md has them, the sides' labels in the first and the last", async () => {
    for (const path of PATHS) {
      const { stdout } = await diff(path, ["--json"]);
      const all = events(stdout);
      const [first, last] = [all[0]!, all.at(-1)!];
      expect(first).toMatchObject({
        event: "started",
        mode: "check",
        dryRun: false,
        primary: { label: "table", schema: [{ name: "id", type: "S" }] },
        replica: { label: "backup", schema: [{ name: "id", type: "S" }] },
      });
      expect(last).toMatchObject({
        event: "finished",
        labels: { primary: "table", replica: "backup" },
        outcome: "discrepancies",
        totals: { discrepancies: { missing: 6, different: 6, extraneous: 6 }, foreign: 0 },
        unconfirmed: 0,
      });
      expect(all.every(({ time }) => !Number.isNaN(Date.parse(time as string)))).toBe(true);
      expect(all.filter(({ event }) => event === "segment-done").length).toBe(8);
      const found = all.filter(({ event }) => event === "discrepancy");
      expect(found.length).toBe(seeded.length);
    }
  });
});
