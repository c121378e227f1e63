import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { backedUp, backUp, readManifest } from "../backup/dump.ts";
import { runDdbr } from "../helpers/cli.ts";
import { order } from "../helpers/orders.ts";
import { STORE_KINDS, type StoreKind, type TestPlace, withPlace } from "../helpers/stores.ts";
import { createTable, type TestTable } from "../helpers/table.ts";
import { collect, shareBackup } from "./backup-here.ts";
import { expectSharedDump } from "./judged-dump.ts";

const IN_THREE = ["--segments", "3"];
let table: TestTable;

beforeAll(async () => {
  table = await createTable();
  await table.load(Array.from({ length: 200 }, (_, number) => order(`order-${number}`)));
});

afterAll(() => table.drop());

/** With a place for the dump and one for the state. */
const withBoth = (kind: StoreKind, body: (place: TestPlace, state: TestPlace) => Promise<void>) => () =>
  withPlace(kind, (place) => withPlace(kind, (state) => body(place, state), { versioned: false }));

const share = (place: TestPlace, state: TestPlace, ...words: string[]) =>
  shareBackup(table.location, place, state, ...words);

async function jobsIn(place: TestPlace): Promise<string[]> {
  return [...new Set((await place.keys()).map((key) => key.split("/")[0]!))];
}

describe.each(STORE_KINDS)("a backup shared by workers, on %s", (kind) => {
  test(
    "each does what it is told; collecting names what is missing, until all is there",
    withBoth(kind, async (place, state) => {
      const first = await share(place, state, "--jobid", "j", "--segment", "1", ...IN_THREE);
      expect(first.code, first.stderr).toBe(0);
      expect(first.stdout).toContain("this worker has done 1 of 3 segments");
      expect(first.stderr).toContain(`ddbr collect ${state.url}`);
      const early = await collect(state, "--json");
      expect(early.code).toBe(2);
      expect(JSON.parse(early.stdout.trimEnd().split("\n").at(-1)!)).toMatchObject({
        ...{ event: "finished", job: "backup", jobId: "j", outcome: "incomplete", collected: true },
        failure: "2 of 3 segments are not done: 0, 2",
      });
      expect(await readManifest(place, "j")).toBeUndefined();

      const rest = await share(place, state, "--jobid", "j");
      expect(rest.stdout).toContain("this worker has done 2 of 3 segments");
      const nothing = await share(place, state, "--jobid", "j", "--segment", "1", ...IN_THREE);
      expect(nothing.stdout).toContain("this worker has done 0 of 3 segments, 0 items written");
      const { code, stdout } = await collect(state);
      expect(code).toBe(0);
      expect(stdout).toContain(`200 items written to ${place.url}/j/`);
      expect(stdout).not.toContain("--resume");
      await expectSharedDump(place, "j", table.name);
    }),
  );

  test(
    "those that begin together without a job id agree on one, which who comes later takes as well",
    withBoth(kind, async (place, state) => {
      const begun = await Promise.all(
        [0, 1].map((segment) => share(place, state, "--segment", `${segment}`, ...IN_THREE)),
      );
      expect(begun.map(({ code }) => code)).toEqual([0, 0]);
      expect((await share(place, state)).code).toBe(0);
      expect((await collect(state)).code).toBe(0);
      const [job, ...others] = await jobsIn(place);
      expect(others).toEqual([]);
      await expectSharedDump(place, job!, table.name);
    }),
  );

  test(
    "a job that is there is refused before anything is begun, not when it is the workers' own",
    withBoth(kind, async (place, state) => {
      await backedUp(table.location, place, "--jobid", "j", "--segment", "0", ...IN_THREE);
      const { code, stdout, stderr } = await share(place, state, "--jobid", "j", ...IN_THREE);
      expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
      expect(stderr).toMatch(/\/j: the job is there already - .*another --jobid/);
      expect(await state.keys()).toEqual([]);
    }),
  );
});

const onDisk = (body: (place: TestPlace, state: TestPlace) => Promise<void>) => withBoth("directory", body);

test(
  "the state of another job is refused, and says in what it differs",
  onDisk(async (place, state) => {
    await share(place, state, "--jobid", "j", "--segment", "0", ...IN_THREE);
    for (const [words, differs] of [
      [["--jobid", "k"], 'jobid is "j", here "k"'],
      [["--format", "export"], 'format is "items", here "export"'],
      [["--compress", "none"], 'compress is "gzip", here "none"'],
      [["--segments", "4"], "segments is 3, here 4"],
    ] as const) {
      const { code, stdout, stderr } = await share(place, state, ...words);
      expect({ code, stdout }, stderr).toEqual({ code: 2, stdout: "" });
      expect(stderr).toContain(differs);
    }
    const elsewhere = await share({ ...place, url: `${place.url}/other` }, state, "--jobid", "j");
    expect(elsewhere.stderr).toContain("destination is");
    const other = await createTable();
    const otherTable = await shareBackup(other.location, place, state);
    expect(otherTable.stderr).toContain("table is");
    await other.drop();
    const diff = await runDdbr(["diff-tables", table.location, table.location, "--state", state.url]);
    expect(diff.code).toBe(2);
  }),
);

test(
  "what many workers write is not gone on with, nor written over, by one that does not know their state",
  onDisk(async (place, state) => {
    await share(place, state, "--jobid", "j", "--segment", "0", ...IN_THREE);
    const before = await place.keys();
    for (const words of [[], ["--resume"], ["--overwrite"]]) {
      const { code, stderr } = await backUp(table.location, place, ["--jobid", "j", ...IN_THREE, ...words]);
      expect(code).toBe(2);
      expect(stderr).toMatch(/\/j: the job was begun with --state: .* - .*another --jobid/);
    }
    expect(await place.keys()).toEqual(before);
  }),
);

test.each([["gzip"], ["zstd"], ["none"]])(
  "as DynamoDB's import takes it, %s; a segment without items has a file",
  (compression) =>
    onDisk(async (place, state) => {
      const small = await createTable();
      await small.put(order("one"));
      const words = ["--jobid", "j", "--format", "export", "--compress", compression, ...IN_THREE];
      expect((await shareBackup(small.location, place, state, ...words)).code).toBe(0);
      expect((await collect(state)).code).toBe(0);
      const { files } = await expectSharedDump(place, "j", small.name);
      expect(files.map(({ items }) => items).sort()).toEqual([0, 0, 1]);
      const diff = await runDdbr(["incremental-diff", small.location, `${place.url}/j`]);
      expect(diff.code, diff.stdout).toBe(0);
      await small.drop();
    })(),
);

test(
  "a file that is gone is named, and another backup's manifest is left alone",
  onDisk(async (place, state) => {
    await share(place, state, "--jobid", "j", ...IN_THREE);
    const file = (await place.get("j/2-1-1"))!;
    await place.remove("j/2-1-1");
    const gone = await collect(state);
    expect(gone.code).toBe(2);
    expect(gone.stdout).toMatch(/\/j\/2-1-1: is a file of segment 2, and is not there/);
    await place.put("j/2-1-1", file);
    await place.put("j/manifest.json", '{"format":"ddbr-backup","files":[]}');
    const other = await collect(state);
    expect(other.code).toBe(2);
    expect(other.stdout).toMatch(/\/j\/manifest\.json: is the manifest of another backup/);
    expect((await place.get("j/manifest.json"))!.toString()).toContain('"files":[]');
  }),
);

test(
  "metrics are sent when all is collected; a report is of other jobs",
  onDisk(async (place, state) => {
    await share(place, state, "--jobid", "j", ...IN_THREE);
    const report = await collect(state, "--report", "r.ndjson");
    expect(report.code).toBe(2);
    expect(report.stderr).toContain("--report is not for what backup-table has done");
    const env = { AWS_ENDPOINT_URL_CLOUDWATCH: "http://127.0.0.1:1" };
    const { code, stdout } = await runDdbr(["collect", state.url, "--metric", "Backups"], { env });
    expect(code).toBe(0);
    expect(stdout).toMatch(/\[warning\] metrics not sent: .*cannot reach the server/);
    await expectSharedDump(place, "j", table.name);
  }),
);

test(
  "what all workers may read together they share by the state; where there is no limit nothing is shared",
  onDisk(async (place, state) => {
    await share(place, state, "--jobid", "j", "--segment", "0", ...IN_THREE);
    expect(await state.keys("pace")).toEqual([]);
    const { code, stderr } = await share(place, state, "--jobid", "j", "--max-rcu", "1000");
    expect(code, stderr).toBe(0);
    expect((await state.keys("pace")).length).toBe(1);
    expect((await collect(state)).code).toBe(0);
    await expectSharedDump(place, "j", table.name);
  }),
);

test.each([
  [["--resume", "--jobid", "j"], "--resume contradicts --state"],
  [["--overwrite", "--jobid", "j"], "--overwrite contradicts --state"],
  [["--metric", "Backups"], "--metric contradicts --state"],
])("a worker does not take %p", async (words, message) => {
  const where = ["backup-table", table.location, "/nowhere/at/all", "--state", "/nowhere/else"];
  const { code, stderr } = await runDdbr([...where, ...words]);
  expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
});
