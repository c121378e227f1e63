import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { backupWords, readManifest } from "../backup/dump.ts";
import { runDdbr } from "../helpers/cli.ts";
import { dynamoDbEndpoint } from "../helpers/dynamodb.ts";
import { type FaultProxy, startFaultProxy } from "../helpers/fault-proxy.ts";
import { STORE_KINDS, withPlace } from "../helpers/stores.ts";
import { createTable, type TestTable, withTables } from "../helpers/table.ts";
import { expectSharedDump } from "./judged-dump.ts";
import { runWorkerArray } from "./worker-array.ts";

const MINUTES = 60_000;
const SEGMENTS = 5;
const ITEMS = 500;
/** A segment has four pages or five. */
const ITEM_BYTES = 40_000;
const JOB = "j";
let table: TestTable;
/** Takes its time with a page, so that a segment has several stretches. */
let slow: FaultProxy;

beforeAll(async () => {
  table = await createTable();
  const text = "0123456789abcdef".repeat(ITEM_BYTES / 16);
  const items = Array.from({ length: ITEMS }, (_, id) => ({
    id: { S: `${id}` },
    text: { S: `${id}${text}` },
  }));
  await table.load(items);
  const rules = [{ fault: { kind: "delay" as const, ms: 500 }, operations: ["Scan"], always: true }];
  slow = await startFaultProxy({ target: dynamoDbEndpoint(), rules });
}, MINUTES);

afterAll(async () => {
  await slow.stop();
  await table.drop();
});

describe.each(STORE_KINDS)("a dump to %s, shared by workers that are killed at any moment", (kind) => {
  test(
    "holds each item once when it is collected, leaves nothing behind, and is read like any other",
    () =>
      withPlace(kind, (place) =>
        withPlace(
          kind,
          async (state) => {
            const where = ["--jobid", JOB, "--segments", `${SEGMENTS}`, "--state", state.url];
            const terms = ["--lease", "2", "--checkpoint", "1", "--concurrency", "1"];
            const words = backupWords(`${slow.url}/${table.name}`, place, ...where, ...terms);
            const { kills, done } = await runWorkerArray({
              ...{ words, env: place.env, jobs: 3, kills: 8, killEveryMs: 800, seed: 7 },
            });
            // The test would say nothing if all had been done before anybody was killed.
            expect(kills).toBeGreaterThan(4);
            expect(new Set(done).size).toBe(done.length);
            expect(await readManifest(place, JOB), "collecting makes it whole").toBeUndefined();

            const collect = ["collect", state.url, ...state.options()];
            const { code, stdout, stderr } = await runDdbr(collect, { env: state.env });
            expect(code, stdout + stderr).toBe(0);
            expect(stdout).toContain(`${ITEMS} items written to ${place.url}/${JOB}/`);
            const manifest = await expectSharedDump(place, JOB, table.name);
            expect(manifest.segments).toBe(SEGMENTS);
            expect(manifest.files.length, "several files a segment").toBeGreaterThan(SEGMENTS);
            expect(
              manifest.files.some(({ name }) => !/^\d+-1-/.test(name)),
              "several leases",
            ).toBe(true);
            expect(await place.litter()).toEqual([]);

            const again = await runDdbr(collect, { env: state.env });
            expect(again.code).toBe(0);
            expect(await readManifest(place, JOB)).toEqual(manifest);
            await expectRead(`${place.url}/${JOB}`, place.options(), place.env);
          },
          { versioned: false },
        ),
      ),
    5 * MINUTES,
  );
});

/** By everything that reads dumps. */
async function expectRead(dump: string, options: string[], env: Record<string, string>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "ddbr-test-"));
  const run = async (...words: string[]) => {
    const { code, stdout, stderr } = await runDdbr([...words, ...options, "--plain"], { env });
    expect(code, `${words[0]}: ${stdout}${stderr}`).toBe(0);
    return stdout;
  };
  expect(await run("incremental-diff", table.location, dump)).toContain("no discrepancies");
  expect(await run("fingerprint", dump)).toContain("agrees with the fingerprint in the manifest");
  await withTables([table.schema], async (empty) => {
    await run("restore-table", dump, empty!.location, "--yes", "--undo-file", join(folder, "undo.ndjson"));
    expect((await empty!.items()).length).toBe(ITEMS);
  });
  const drilled = await run("drill", dump, "--local");
  expect(drilled).toMatch(/counts and SHA-256 right/);
  rmSync(folder, { recursive: true });
}
