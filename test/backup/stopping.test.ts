import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { DDBR } from "../helpers/cli.ts";
import { dynamoDbEndpoint } from "../helpers/dynamodb.ts";
import { type FaultProxy, startFaultProxy } from "../helpers/fault-proxy.ts";
import { order } from "../helpers/orders.ts";
import { programEnvironment } from "../helpers/program-environment.ts";
import { STORE_KINDS, type TestPlace, withPlace } from "../helpers/stores.ts";
import { createTable, type TestTable } from "../helpers/table.ts";
import { backedUp, backupWords, expectWhole, linesOf, readManifest, untruths } from "./dump.ts";
import { rawSegments } from "./raw-table.ts";

const MINUTES = 60_000;
const SEGMENTS = 16;
const WORDS = ["--jobid", "j", "--segments", `${SEGMENTS}`, "--concurrency", "2"];
let table: TestTable;
let slow: FaultProxy;
/** Hears of each scan that arrives. */
let scanned: (call: number) => unknown = () => {};
let scans = 0;

beforeAll(async () => {
  table = await createTable();
  await table.load(Array.from({ length: 2_000 }, (_, number) => order(`order-${number}`)));
  slow = await startFaultProxy({
    target: dynamoDbEndpoint(),
    onRequest: (operation) => (operation === "Scan" ? scanned(++scans) : undefined),
  });
});

afterEach(() => {
  scanned = () => {};
  scans = 0;
});

afterAll(async () => {
  await slow.stop();
  await table.drop();
});

/** Starts a backup, does something at its eighth request of a scan, and waits for its end. */
async function backUpAnd(place: TestPlace, words: string[], act: (child: Bun.Subprocess) => unknown) {
  const child = Bun.spawn([DDBR, ...backupWords(`${slow.url}/${table.name}`, place, ...WORDS, ...words)], {
    env: programEnvironment(place.env),
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  scanned = async (call) => {
    if (call === 8) await act(child);
  };
  const [stdout, stderr] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  return { code: await child.exited, stdout, stderr };
}

describe.each(STORE_KINDS)("a dump to %s", (kind) => {
  test.each(["SIGINT", "SIGTERM"] as const)(
    "that is stopped by %s: exit code 130, no half file, and how to go on",
    (signal) =>
      withPlace(kind, async (place) => {
        const { code, stdout, stderr } = await backUpAnd(place, [], async (child) => {
          child.kill(signal);
          // Until the program has heard of it no further answer comes.
          await Bun.sleep(300);
        });
        expect({ code, stderr }).toEqual({ code: 130, stderr: "" });
        expect(stdout).toMatch(/\[summary\] stopped: \d+ items written/);
        expect(stdout).toMatch(/\[summary\] \d+ of 16 segments done\n/);
        expect(stdout).toContain("[summary] to go on: --jobid j --resume\n");
        expect(stdout).not.toContain("failed");
        expect(await untruths(place, "j")).toEqual([]);
        expect(await readManifest(place, "j")).toBeUndefined();
        expect(await place.litter()).toEqual([]);
        const before = (await place.keys("j/receipts")).length;
        expect(before).toBeGreaterThan(0);
        expect(before).toBeLessThan(SEGMENTS);
        const resumed = await backedUp(table.location, place, ...WORDS, "--resume");
        expect(resumed.stdout.split("was done before").length - 1).toBe(before);
        await expectWhole(place, "j", await rawSegments(table.name, SEGMENTS));
      }),
    MINUTES,
  );

  test(
    "of a table that is written to meanwhile holds every item that is left alone",
    () =>
      withPlace(kind, async (place) => {
        const lively = await createTable();
        const untouched = Array.from({ length: 1_000 }, (_, number) => order(`still-${number}`));
        const touched = Array.from({ length: 300 }, (_, number) => order(`touched-${number}`));
        await lively.load([...untouched, ...touched]);
        let writing = true;
        let writes = 0;
        const writer = async () => {
          for (let number = 0; writing; number++, writes++) {
            await lively.put(order(`touched-${number % 300}`, `written ${number} `));
            await lively.put(order(`new-${number}`));
            await lively.delete({ id: { S: `touched-${(number * 7) % 300}` } });
          }
        };
        const wrote = writer();
        // The dump goes on only as writes do.
        scanned = async () => {
          const from = writes;
          while (writing && writes < from + 2) await Bun.sleep(1);
        };
        await backedUp(`${slow.url}/${lively.name}`, place, ...WORDS);
        writing = false;
        await wrote;
        const manifest = (await readManifest(place, "j"))!;
        const found = new Map<string, string>();
        for (const { name, items } of manifest.files) {
          const { lines } = linesOf((await place.get(`j/${name}`))!, "gzip");
          expect(lines.length).toBe(items);
          for (const line of lines) found.set(JSON.parse(line).id.S, line);
        }
        const rows = (await rawSegments(lively.name, 1))[0]!.rows.filter((row) => row.includes('"still-'));
        expect(rows.length).toBe(untouched.length);
        for (const row of rows) expect(found.get(JSON.parse(row).id.S)).toBe(row);
        expect(writes).toBeGreaterThan(SEGMENTS);
        await lively.drop();
      }),
    MINUTES,
  );
});

test.each(["items", "export"])(
  "what a killed dump of %s leaves in a directory, the next one clears away, whatever its job id",
  (format) =>
    withPlace("directory", async (place) => {
      const words = ["--format", format];
      const killed = await backUpAnd(place, words, (child) => child.kill("SIGKILL"));
      expect(killed.stdout).not.toContain("[summary]");
      expect(await place.litter()).not.toEqual([]);
      scanned = () => {};
      await place.put("others.gz", "not a folder");
      await backedUp(table.location, place, ...words, "--segments", "2");
      expect(await place.litter()).toEqual([]);
    }),
  MINUTES,
);
