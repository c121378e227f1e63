import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DeleteTableCommand } from "@aws-sdk/client-dynamodb";
import { dumpHere } from "../backup/dump-here.ts";
import { DDBR, runDdbr } from "../helpers/cli.ts";
import { dynamoDbEndpoint } from "../helpers/dynamodb.ts";
import { uniqueName } from "../helpers/environment.ts";
import { type FaultProxy, startFaultProxy } from "../helpers/fault-proxy.ts";
import { order } from "../helpers/orders.ts";
import { programEnvironment } from "../helpers/program-environment.ts";
import { startTerminal } from "../helpers/pty.ts";
import { newPlace, STORE_KINDS, type TestPlace, withPlace } from "../helpers/stores.ts";
import { createTable, type TestTable } from "../helpers/table.ts";
import { openAt } from "../store/directory-place.ts";
import { copyOf, forge, spoilManifest, tablesCalled } from "./drilled.ts";

const MINUTE = 60_000;
const ITEMS = 40;
let table: TestTable;
let place: TestPlace;
let out: string;
let proxy: FaultProxy;
/** Hears of each request for the scratch table. */
let asked: (operation: string) => unknown = () => {};

beforeAll(async () => {
  table = await createTable();
  await table.load(Array.from({ length: ITEMS }, (_, n) => order(`order-${n}`)));
  place = await newPlace("directory");
  await dumpHere(table.location, await openAt(place.url));
  out = mkdtempSync(join(tmpdir(), "ddbr-drill-out-"));
  proxy = await startFaultProxy({ target: dynamoDbEndpoint(), onRequest: (operation) => asked(operation) });
});

afterEach(() => {
  asked = () => {};
});

afterAll(async () => {
  await proxy.stop();
  rmSync(out, { recursive: true });
  await place.drop();
  await table.drop();
});

/** A place for scratch tables of one test, which must be empty afterwards. */
function scratchPlace(endpoint = dynamoDbEndpoint()) {
  const name = uniqueName("scratch");
  return { name, words: ["--scratch", `${endpoint}/${name}`], left: () => tablesCalled(name) };
}

describe.each(STORE_KINDS)("on %s", (kind) => {
  test(
    "a folder, as it is and as it was, a snapshot and a dump are proved",
    () =>
      withPlace(kind, async (stored) => {
        const words = stored.options();
        const run = async (...args: string[]) => {
          const result = await runDdbr([...args, ...words], { env: stored.env });
          expect(result.code, result.stdout + result.stderr).toBe(0);
          return result.stdout;
        };
        await run("incremental-backfill", table.location, `${stored.url}/inc`);
        const folder = `${stored.url}/inc/${table.name}`;
        await run("incremental-snapshot", folder, `${stored.url}/orders.gz`, "--manifest");
        await run("backup-table", table.location, `${stored.url}/dumps`, "--jobid", "j");
        const { words: scratch, left } = scratchPlace();
        const moment = new Date().toISOString();
        for (const source of [
          [folder],
          [folder, "--at", moment],
          [`${stored.url}/orders.gz`],
          [`${stored.url}/dumps/j`],
        ]) {
          const shown = await run("drill", ...source, ...scratch, "--against", table.location);
          expect(shown).toContain("\nPROVED: the backup can be restored\n");
          expect(shown).toMatch(/live table {5,} ok /);
          expect(shown).not.toContain("FAILED");
          const asOf = source.length > 1 ? moment : "20";
          if (source[0] !== folder || source.length > 1) expect(shown).toContain(`recovery point: ${asOf}`);
        }
        expect(await left()).toEqual([]);
      }),
    2 * MINUTE,
  );
});

test(
  "what came of it is in a report and on a page",
  async () => {
    const { name, words, left } = scratchPlace();
    const [report, page] = [join(out, "proved.json"), join(out, "proved.md")];
    const { code, stdout } = await runDdbr([
      ...["drill", `${place.url}/j`, ...words, "--json", "--report", report, "--page", page],
      ...["--write-price", "1000", "--read-price", "0"],
    ]);
    expect(code).toBe(0);
    const manifest = JSON.parse((await place.get("j/manifest.json"))!.toString());
    const filed = JSON.parse(readFileSync(report, "utf8"));
    expect(filed).toMatchObject({
      format: "ddbr-drill",
      version: 1,
      ddbr: (await runDdbr(["--version"])).stdout.trim(),
      outcome: "proved",
      source: { name: `${place.url}/j`, kind: "dump", table: { name: table.name } },
      scratch: { local: false, made: true, removed: true },
      restored: { items: ITEMS, fingerprint: { buckets: 4096, digest: manifest.fingerprint.digest } },
      recoveryPoint: { asOf: manifest.startedAt },
      cost: { writeUnits: ITEMS, dollars: ITEMS / 1000, writePrice: 1000, readPrice: 0 },
    });
    expect(filed.scratch.table).toMatch(new RegExp(`/${name}-[0-9a-f]{16}$`));
    const { read, make, write, verify } = filed.phasesMs;
    expect(read + make + write + verify).toBe(filed.recoveryTimeMs);
    expect(filed.recoveryPoint.ageMs).toBe(Date.parse(filed.startedAt) - Date.parse(manifest.startedAt));
    expect(filed.checks.map(({ result }: { result: string }) => result)).toEqual(Array(5).fill("passed"));
    // The same at the end of the events.
    const events = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(events.map(({ event }) => event)).toContain("planned");
    const { event, time, ...told } = events.at(-1);
    expect(event).toBe("drill");
    expect(told).toEqual(filed);
    for (const path of [report, page]) expect(statSync(path).mode & 0o777).toBe(0o600);
    const text = readFileSync(page, "utf8");
    expect(text).toStartWith("# Restore drill\n\n**PROVED: the backup can be restored**\n");
    expect(text).toContain(`| Restored | ${ITEMS} items,`);
    expect(text).toContain(manifest.fingerprint.digest);
    expect(text.split("| yes |").length - 1).toBe(5);
    expect(await left()).toEqual([]);
  },
  MINUTE,
);

test(
  "a backup that is not proved has them as well, and names cannot pass for Markdown",
  async () => {
    await using copy = await copyOf(place);
    const job = "a|b *x* <b> `c` [d](e)";
    for (const key of await place.keys("j")) {
      await copy.put(key.replace("j/", `${job}/`), (await place.get(key))!);
    }
    await forge(copy, job, (lines) => lines.slice(1));
    const { words, left } = scratchPlace();
    const [report, page] = [join(out, "failed.json"), join(out, "failed.md")];
    const { code, stdout, stderr } = await runDdbr([
      ...["drill", `${copy.url}/${job}`, ...words, "--quiet", "--report", report, "--page", page],
    ]);
    expect({ code, stderr }).toEqual({ code: 1, stderr: "" });
    expect(stdout).toMatch(/^NOT PROVED$/m);
    expect(stdout).toMatch(
      /as backed up {5,}FAILED {3,}fingerprint differs from the manifest's in 1 of 4,096/,
    );
    expect(JSON.parse(readFileSync(report, "utf8"))).toMatchObject({
      outcome: "not-proved",
      source: { name: `${copy.url}/${job}` },
    });
    const text = readFileSync(page, "utf8");
    expect(text).toContain("**NOT PROVED**");
    expect(text).toContain("a\\|b \\*x\\* \\<b\\> \\`c\\` \\[d\\](e)");
    expect(text).toContain("| **NO** | fingerprint differs from the manifest's");
    expect(await left()).toEqual([]);
  },
  MINUTE,
);

test.each<[what: string, spoil: (copy: TestPlace) => Promise<void>]>([
  ["that is cut short", (copy) => copy.put("j/manifest.json", `{"format":"ddbr-backup"`)],
  [
    "whose fingerprint was changed",
    (copy) =>
      spoilManifest(copy, "j", ({ fingerprint, ...manifest }) => ({
        ...manifest,
        fingerprint: { ...(fingerprint as object), items: 1 },
      })),
  ],
  ["that names no table", (copy) => spoilManifest(copy, "j", ({ table: _, ...manifest }) => manifest)],
])(
  "a manifest %s is a backup that is not proved",
  async (what, spoil) => {
    await using copy = await copyOf(place);
    await spoil(copy);
    const { words, left } = scratchPlace();
    const report = join(out, `${what}.json`);
    const { code, stdout, stderr } = await runDdbr(["drill", `${copy.url}/j`, ...words, "--report", report]);
    expect({ code, stderr }).toEqual({ code: 1, stderr: "" });
    expect(stdout).toStartWith("NOT PROVED\n");
    expect(JSON.parse(readFileSync(report, "utf8"))).toMatchObject({
      outcome: "not-proved",
      failure: expect.stringContaining("manifest"),
      scratch: { made: false, removed: true },
    });
    expect(await left()).toEqual([]);
  },
  MINUTE,
);

test(
  "on a terminal it is shown while it goes on, and what it came to stays",
  async () => {
    const { words, left } = scratchPlace();
    const session = startTerminal([DDBR, "drill", `${place.url}/j`, ...words]);
    expect(await session.exitCode).toBe(0);
    expect(session.raw()).toContain("\x1b[?1049h");
    expect(session.alternateScreen()).toBe(false);
    const lines = session.history();
    expect(lines).toContain("PROVED: the backup can be restored");
    expect(lines).toContain("  as backed up     ok        fingerprint equal to the manifest's");
    await session.close();
    expect(await left()).toEqual([]);
  },
  MINUTE,
);

test(
  "without an account it is restored in memory",
  async () => {
    const nobody = { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined, AWS_REGION: undefined };
    const { code, stdout } = await runDdbr(["drill", `${place.url}/j`, "--local", "--plain"], {
      env: nobody,
    });
    expect(code).toBe(0);
    expect(stdout).toContain("\nPROVED: the backup can be restored\n");
    expect(stdout).toMatch(
      /^cost: about \$0 \(40 write units, [\d.]+ read units in memory, which are free\)$/m,
    );
  },
  MINUTE,
);

/** Starts a drill, does something at the first request of a kind, and waits for its end. */
async function drillAnd(operation: string, words: string[], act: (child: Bun.Subprocess) => unknown) {
  const child = Bun.spawn([DDBR, "drill", `${place.url}/j`, ...words], {
    env: programEnvironment(),
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  let done = false;
  asked = async (name) => {
    if (name !== operation || done) return;
    done = true;
    await act(child);
  };
  const [stdout, stderr] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  return { code: await child.exited, stdout, stderr };
}

describe("a drill that is stopped", () => {
  test.each(["CreateTable", "BatchWriteItem", "Scan"])(
    "at %s deletes its table, and proves nothing",
    async (operation) => {
      const { words, left } = scratchPlace(proxy.url);
      const report = join(out, `stopped-${operation}.json`);
      const { code, stdout } = await drillAnd(operation, [...words, "--report", report], async (child) => {
        child.kill("SIGINT");
        // Until the program has heard of it no answer comes.
        await Bun.sleep(300);
      });
      expect(code).toBe(130);
      expect(stdout).toContain("\nstopped, so nothing is proved\n");
      expect(stdout).toContain("made and deleted");
      expect(stdout).not.toContain("ddbr undo");
      const filed = JSON.parse(readFileSync(report, "utf8"));
      expect(filed).toMatchObject({ outcome: "interrupted", scratch: { made: true, removed: true } });
      expect(filed).not.toHaveProperty("recoveryTimeMs");
      expect(await left()).toEqual([]);
    },
    MINUTE,
  );

  test(
    "twice ends at once, and tells which table may be left",
    async () => {
      const { name, words, left } = scratchPlace(proxy.url);
      const { code, stderr } = await drillAnd("BatchWriteItem", words, async (child) => {
        // Signals that come while the program does not run at all are one signal to it.
        while (child.exitCode === null && child.signalCode === null) {
          child.kill("SIGINT");
          await Bun.sleep(300);
        }
      });
      expect(code).toBe(130);
      const [there] = await left();
      expect(there).toStartWith(name);
      expect(stderr).toContain(`the scratch table ${proxy.url}/${there} may still be there: delete it\n`);
      await table.client.send(new DeleteTableCommand({ TableName: there! }));
    },
    MINUTE,
  );
});

test(
  "a table that cannot be deleted makes a failure of a drill that proved everything",
  async () => {
    const { name, words, left } = scratchPlace(proxy.url);
    proxy.setRules([{ fault: { kind: "access-denied" }, operations: ["DeleteTable"], always: true }]);
    const { code, stdout } = await runDdbr(["drill", `${place.url}/j`, ...words]);
    proxy.setRules([]);
    const [there] = await left();
    expect(code).toBe(2);
    expect(stdout).toContain("\nPROVED: the backup can be restored\n");
    expect(stdout).toContain(`scratch table: ${proxy.url}/${there} MAY STILL BE THERE, delete it:`);
    expect(there).toStartWith(name);
    await table.client.send(new DeleteTableCommand({ TableName: there! }));
  },
  MINUTE,
);

test(
  "a place that cannot be reached is no verdict: nothing is written",
  async () => {
    const report = join(out, "unreachable.json");
    const { code, stderr } = await runDdbr([
      ...["drill", `${place.url}/j`, "--scratch", "127.0.0.1:1", "--patience", "0", "--report", report],
    ]);
    expect(code).toBe(2);
    expect(stderr).toContain("cannot reach the server");
    expect(existsSync(report)).toBe(false);
  },
  MINUTE,
);
