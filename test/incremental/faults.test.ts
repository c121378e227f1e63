import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { dynamoDbEndpoint } from "../helpers/dynamodb.ts";
import { type FaultProxy, type FaultRule, startFaultProxy } from "../helpers/fault-proxy.ts";
import { s3Endpoint } from "../helpers/s3.ts";
import { withPlace } from "../helpers/stores.ts";
import { createTable, type TestTable } from "../helpers/table.ts";
import { backfill, comparable, eventsOf, MINUTES, snapshot, snapshotLines } from "./folding.ts";
import { folderOf, heldIn, records } from "./records.ts";

/** About every third request fails in some way. */
const HEAVY: FaultRule[] = [
  { fault: { kind: "throttle" }, rate: 0.08 },
  { fault: { kind: "server-error", status: 500 }, rate: 0.05 },
  { fault: { kind: "server-error", status: 503 }, rate: 0.05 },
  { fault: { kind: "reset-before" }, rate: 0.05 },
  { fault: { kind: "reset-after" }, rate: 0.05 },
  { fault: { kind: "truncate" }, rate: 0.05 },
];
/** On the table's side; it is asked much less often. */
const SCANS: FaultRule[] = [
  ...HEAVY.map((rule) => ({ ...rule, operations: ["Scan"] })),
  { fault: { kind: "server-error" }, operations: ["Scan"], nth: 2 },
];
const ITEMS = records(300);

let table: TestTable;
beforeAll(async () => {
  table = await createTable();
  await table.load(ITEMS);
}, MINUTES);
afterAll(() => table.drop());

/** Runs `body` with a proxy before each of the two servers. */
async function withFaults(
  rules: { dynamodb?: FaultRule[]; s3?: FaultRule[]; onS3?: (call: number) => void },
  body: (proxies: { dynamodb: FaultProxy; s3: FaultProxy; location: string }) => Promise<void>,
): Promise<void> {
  const dynamodb = await startFaultProxy({
    target: dynamoDbEndpoint(),
    rules: rules.dynamodb ?? [],
    seed: 7,
  });
  const s3 = await startFaultProxy({
    target: s3Endpoint(),
    rules: rules.s3 ?? [],
    seed: 7,
    onRequest: (_operation, _body, call) => rules.onS3?.(call),
  });
  try {
    await body({ dynamodb, s3, location: `${dynamodb.url}/${table.name}` });
  } finally {
    await Promise.all([dynamodb.stop(), s3.stop()]);
  }
}

const total = (faults: object) => Object.values(faults).reduce((sum, count) => sum + count, 0);

test(
  "what fails in passing on either side changes nothing of what is written and folded",
  async () => {
    await withPlace("s3", async (place) => {
      await withFaults({ dynamodb: SCANS, s3: HEAVY }, async ({ dynamodb, s3, location }) => {
        const written = await backfill({ location }, place, {
          endpoint: s3.url,
          options: ["--json", "--segments", "20"],
        });
        expect(written.code, written.stdout).toBe(0);
        expect(await heldIn(place, table.name)).toEqual(folderOf(ITEMS, table.name));
        expect(total(dynamodb.stats.faults)).toBeGreaterThan(2);
        expect(total(s3.stats.faults)).toBeGreaterThan(50);
        const { totals } = eventsOf(written).at(-1) as unknown as Totals;
        expect(totals.source.retries).toBeGreaterThan(2);
        expect(totals.destination.retries).toBeGreaterThan(50);
        expect(totals.destination.throttles).toBeGreaterThan(0);

        const folded = await snapshot(place, table.name, "out.gz", {
          endpoint: s3.url,
          options: ["--json", "--manifest", "--at", new Date().toISOString()],
        });
        expect(folded.code, folded.stdout).toBe(0);
        const lines = await snapshotLines(place, "out.gz");
        expect(lines.map((line) => comparable(JSON.parse(line))).sort()).toEqual(
          ITEMS.map(comparable).sort(),
        );
        const manifest = JSON.parse((await place.get("out.gz.manifest.json"))!.toString());
        expect(manifest.items).toBe(ITEMS.length);
      });
    });
  },
  3 * MINUTES,
);

interface Totals {
  totals: Record<"source" | "destination", { retries: number; throttles: number }>;
}

describe("a server that dies in the middle", () => {
  const OPTIONS = ["--plain", "--patience", "1"];

  /** One line says why. */
  function expectFailed(result: { code: number; stdout: string; stderr: string }): void {
    expect(result.code, result.stdout).toBe(2);
    expect(result.stderr).toBe("");
    const failures = result.stdout.match(/\[summary\] failed: [^\n]*\n/g) ?? [];
    expect(failures, result.stdout).toHaveLength(1);
    expect(failures[0]).toMatch(/failed: \S+: [^\n]+/);
    expect(failures[0]).not.toMatch(/unexpected failure|\bat .*:\d+:\d+/);
  }

  test(
    "ends a backfill, which is resumed when it is back",
    async () => {
      const dead = Promise.withResolvers<void>();
      await withPlace("s3", async (place) => {
        await withFaults({ onS3: (call) => void (call === 150 && dead.resolve()) }, async ({ s3 }) => {
          void dead.promise.then(() => s3.setRules([{ fault: { kind: "reset-before" }, always: true }]));
          const result = await backfill(table, place, {
            endpoint: s3.url,
            options: [...OPTIONS, "--segments", "20"],
          });
          expectFailed(result);
          expect(result.stdout).toContain("[summary] to go on: --resume\n");
          const left = await heldIn(place, table.name);
          expect(left.size).toBeGreaterThan(0);
          expect(left.size).toBeLessThan(ITEMS.length);
        });
        expect((await backfill(table, place, { options: ["--resume"] })).code).toBe(0);
        expect(await heldIn(place, table.name)).toEqual(folderOf(ITEMS, table.name));
        expect(await place.keys()).toHaveLength(ITEMS.length);
      });
    },
    MINUTES,
  );

  test(
    "ends a backfill when it is the table's",
    async () => {
      await withPlace("directory", async (place) => {
        const rules: FaultRule[] = Array.from({ length: 100 }, (_, n) => ({
          fault: { kind: "reset-before" },
          operations: ["Scan"],
          nth: n + 5,
        }));
        await withFaults({ dynamodb: rules }, async ({ location }) => {
          const options = [...OPTIONS, "--segments", "20", "--concurrency", "1"];
          expectFailed(await backfill({ location }, place, { options }));
          const left = await heldIn(place, table.name);
          expect(left.size).toBeGreaterThan(0);
          expect(left.size).toBeLessThan(ITEMS.length);
        });
      });
    },
    MINUTES,
  );

  test(
    "ends a snapshot, of which nothing is left",
    async () => {
      await withPlace("s3", async (place) => {
        for (const [key, content] of folderOf(records(60), "records")) await place.put(key, content);
        for (const options of [[], ["--at", new Date().toISOString()]]) {
          await withFaults({}, async ({ s3 }) => {
            s3.setRules(
              Array.from({ length: 300 }, (_, n) => ({
                fault: { kind: "reset-before" },
                operations: ["GET"],
                nth: n + 20,
              })),
            );
            const result = await snapshot(place, "records", "out.gz", {
              endpoint: s3.url,
              options: [...OPTIONS, "--manifest", ...options],
            });
            expectFailed(result);
            expect(result.stdout).toContain("[summary] incomplete: nothing written to ");
            expect(await place.keys("")).toHaveLength(60);
            expect(await place.litter()).toEqual([]);
          });
        }
      });
    },
    MINUTES,
  );
});
