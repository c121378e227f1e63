import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateTableCommand, DeleteTableCommand } from "@aws-sdk/client-dynamodb";
import { openFolderRest } from "../../src/core/job/folder-rest.ts";
import { workOnJob } from "../../src/core/job/job-worker.ts";
import type { SegmentJob } from "../../src/core/job/segment-job.ts";
import { type JobRecord, readJob } from "../../src/core/state/job-record.ts";
import type { StatePlace } from "../../src/core/state/state-place.ts";
import { DDBR, runDdbr } from "../helpers/cli.ts";
import { dynamoDbClient } from "../helpers/dynamodb.ts";
import { order } from "../helpers/orders.ts";
import { startTerminal } from "../helpers/pty.ts";
import { newPlace, type TestPlace, withPlace } from "../helpers/stores.ts";
import { idName } from "../incremental/diff-backups.ts";
import { openPlace } from "../state/opened-places.ts";
import { type DriftingFolder, driftingFolder } from "./drifting-folder.ts";

const ITEMS = 600;
const EVERY = 10;
const EXTRANEOUS = ITEMS / EVERY;
const SEGMENTS = 4;
const NEVER = new AbortController().signal;

let own: string;
let place: TestPlace;
let folder: DriftingFolder;

beforeAll(async () => {
  own = mkdtempSync(join(tmpdir(), "ddbr-test-"));
  place = await newPlace("directory");
  folder = await driftingFolder(place, ITEMS, EVERY);
});
afterAll(async () => {
  rmSync(own, { recursive: true });
  await Promise.all([place.drop(), folder.table.drop()]);
});

const withState = (body: (state: TestPlace) => Promise<void>) => withPlace("directory", body);

function compared(of: DriftingFolder, backups: TestPlace, ...words: string[]): string[] {
  const where = [of.table.location, `${backups.url}/inc`];
  return ["incremental-diff", ...where, "--segments", `${SEGMENTS}`, "--settle", "0.2", ...words];
}

async function summarised(words: string[]) {
  const report = join(own, `${crypto.randomUUID()}.ndjson`);
  const { code, stdout } = await runDdbr([...words, "--json", "--report", report]);
  const events = stdout
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));
  const lines = readFileSync(report, "utf8").split("\n").filter(Boolean).sort();
  return { code, events, summary: events.at(-1), lines };
}

const collect = (state: TestPlace) => summarised(["collect", state.url]);

async function work(of: DriftingFolder, backups: TestPlace, state: TestPlace, ...words: string[]) {
  const worker = await runDdbr(compared(of, backups, "--state", state.url, "--plain", ...words));
  expect(worker.code).toBe(0);
  expect(worker.stdout).toContain(`this worker has done ${SEGMENTS} of ${SEGMENTS} segments`);
}

describe("what a folder holds beyond the table", () => {
  test(
    "is looked into in stretches, whoever is stopped between them",
    () =>
      withState(async (state) => {
        const undisturbed = await summarised(compared(folder, place));
        // So few objects at a time that there are many stretches.
        await work(folder, place, state, "--reads", "1");
        const opened = await openPlace(state.url);
        const job = (await readJob(opened, NEVER))!;
        // The first is stopped before there is anything to save, the others when something has been saved.
        let done = await takeRest(opened, job, () => true);
        let takes = 1;
        for (; done === 0; takes++) done = await takeRest(opened, job, (isSaved) => isSaved);
        opened.close();
        expect(takes).toBeGreaterThan(3);
        const { code, events, summary, lines } = await collect(state);
        expect(lines).toEqual(undisturbed.lines);
        expect(code).toBe(1);
        const { foreign, duplicates, discrepancies, segmentsDone } = undisturbed.summary.totals;
        expect(summary.totals).toMatchObject({ foreign, duplicates, discrepancies, segmentsDone });
        expect(foreignIn(events)).toEqual(foreignIn(undisturbed.events));
        expect(foreignIn(events).length).toBe(folder.foreign);
      }),
    60_000,
  );

  test(
    "what both sides have got or lost since their segment was done is no discrepancy",
    () =>
      withState(async (state) => {
        const undisturbed = await summarised(compared(folder, place));
        await work(folder, place, state);
        const put = order("put-since");
        const nameOf = (item: ReturnType<typeof order>) => `${folder.path}/${idName(item)}`;
        await folder.table.put(put);
        await place.put(nameOf(put), JSON.stringify(put));
        const gone = order("order-7");
        await folder.table.delete({ id: gone.id! });
        await place.remove(nameOf(gone));
        const { code, summary, lines } = await collect(state);
        await folder.table.delete({ id: put.id! });
        await place.remove(nameOf(put));
        await folder.table.put(gone);
        await place.put(nameOf(gone), JSON.stringify(gone));
        expect([code, lines]).toEqual([1, undisturbed.lines]);
        expect(summary.totals.inFlight).toBe(1);
      }),
    60_000,
  );
});

/** Works until it is stopped; returns whether all was done. */
async function takeRest(
  opened: StatePlace,
  job: JobRecord,
  isEnough: (isSaved: boolean) => boolean,
): Promise<number> {
  const rest = await openFolderRest(opened, job, { checkpointMs: 0, signal: NEVER });
  const stop = new AbortController();
  const stopped: SegmentJob = {
    ...rest,
    async work(lease, controls) {
      const { checkpoint } = lease.record;
      const look = setInterval(() => {
        if (isEnough(lease.record.checkpoint !== checkpoint)) stop.abort();
      }, 1);
      return await rest.work(lease, controls).finally(() => clearInterval(look));
    },
  };
  const terms = { place: opened, segment: SEGMENTS, concurrency: 1, leaseMs: 5000, pause: stop.signal };
  const { done, failure } = await workOnJob(stopped, terms, () => {});
  expect(failure).toBeUndefined();
  return done;
}

function foreignIn(events: { event: string; object: string; reason: string }[]): string[] {
  return events
    .filter(({ event }) => event === "foreign")
    .map(({ object, reason }) => `${object} ${reason}`)
    .sort();
}

describe("a repair shared by workers", () => {
  const withFolder = async (body: (of: DriftingFolder, backups: TestPlace) => Promise<void>) => {
    const backups = await newPlace("directory");
    const of = await driftingFolder(backups, ITEMS, EVERY);
    try {
      await body(of, backups);
    } finally {
      await Promise.all([backups.drop(), of.table.drop()]);
    }
  };

  test(
    "is whole when it is collected, and told again as it was",
    () =>
      withFolder((of, backups) =>
        withState(async (state) => {
          await work(of, backups, state, "--repair");
          const held = (await backups.keys(of.path)).length;
          const { code, summary, lines } = await collect(state);
          expect(code).toBe(0);
          expect(summary.outcome).toBe("clean");
          expect(summary.totals.repaired).toEqual({
            put: 2 * EXTRANEOUS,
            delete: EXTRANEOUS,
            "by-others": 0,
          });
          const { found, deleted } = summary.totals.duplicates;
          expect([deleted, found]).toEqual([found, found]);
          // The second object of an extraneous record may have been deleted with it.
          expect((await backups.keys(of.path)).length).toBe(held - EXTRANEOUS - of.secondObjects);
          await expectEqual(of, backups);
          const again = await collect(state);
          expect([again.code, again.lines, again.summary.totals]).toEqual([0, lines, summary.totals]);
        }),
      ),
    60_000,
  );

  test(
    "asks on a terminal before it deletes; no leaves everything as it is",
    () =>
      withFolder((of, backups) =>
        withState(async (state) => {
          await work(of, backups, state, "--repair");
          const held = await backups.keys(of.path);
          const session = startTerminal([DDBR, "collect", state.url], { cols: 160, rows: 30 });
          try {
            await session.waitFor("Delete them? [y/N]", 20_000);
            expect(session.screen().join("\n")).toContain("are DELETED");
            session.write("n\r");
            expect(await session.exitCode).toBe(130);
          } finally {
            await session.close();
          }
          expect(await backups.keys(of.path)).toEqual(held);
        }),
      ),
    60_000,
  );

  async function expectEqual(of: DriftingFolder, backups: TestPlace) {
    const { code, summary } = await summarised(compared(of, backups));
    expect([code, summary.totals.duplicates.found]).toEqual([0, 0]);
  }
});

test(
  "a table that was made anew is not taken for the one whose segments were done",
  () =>
    withState(async (state) => {
      const backups = await newPlace("directory");
      const old = await driftingFolder(backups, 100, EVERY);
      await work(old, backups, state, "--repair");
      const held = await backups.keys(old.path);
      const { name } = old.table;
      await old.table.drop();
      // When a table was made is told by the second.
      await Bun.sleep(1000);
      const client = dynamoDbClient();
      await client.send(
        new CreateTableCommand({
          TableName: name,
          KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
          AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
          BillingMode: "PAY_PER_REQUEST",
        }),
      );
      const { code, stdout } = await runDdbr(["collect", state.url, "--plain"]);
      await client.send(new DeleteTableCommand({ TableName: name }));
      client.destroy();
      expect([code, stdout]).toEqual([2, expect.stringContaining("the state is of another run: table is")]);
      expect(await backups.keys(old.path)).toEqual(held);
      await backups.drop();
    }),
  60_000,
);
