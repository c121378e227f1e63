import { afterEach, beforeEach, expect, test } from "bun:test";
import { CreateTableCommand, DeleteTableCommand, waitUntilTableExists } from "@aws-sdk/client-dynamodb";
import { collectBackup } from "../../src/core/job/collect-backup.ts";
import { type WorkerOutcome, workOnJob } from "../../src/core/job/job-worker.ts";
import { openJob } from "../../src/core/job/open-job.ts";
import { type JobRecord, readJob } from "../../src/core/state/job-record.ts";
import type { StatePlace } from "../../src/core/state/state-place.ts";
import type { TransferEvent } from "../../src/core/transfer/transfer-events.ts";
import { order } from "../helpers/orders.ts";
import { type TestPlace, withPlace } from "../helpers/stores.ts";
import { createTable, type TestTable } from "../helpers/table.ts";
import { withState } from "../state/opened-places.ts";
import { shareBackup } from "./backup-here.ts";
import { expectSharedDump } from "./judged-dump.ts";

const SEGMENTS = 4;
const { signal } = new AbortController();
let table: TestTable;

beforeEach(async () => {
  table = await createTable();
  await table.load(Array.from({ length: 100 }, (_, number) => order(`order-${number}`)));
});

afterEach(() => table.drop());

/** Has one segment done, and gives the rest to `body`. */
function withBegun(body: (begun: { state: StatePlace; job: JobRecord; place: TestPlace }) => Promise<void>) {
  return withPlace("directory", (place) =>
    withState("directory", async (state, outside) => {
      const words = ["--jobid", "j", "--segments", `${SEGMENTS}`, "--segment", "0"];
      expect((await shareBackup(table.location, place, outside, ...words)).code).toBe(0);
      await body({ state, place, job: (await readJob(state))! });
    }),
  );
}

async function doTheRest(place: StatePlace, job: JobRecord): Promise<WorkerOutcome> {
  const reopened = await openJob(job, { checkpointMs: 1000, signal });
  const worker = { place, segment: undefined, concurrency: 2, leaseMs: 60_000, pause: signal };
  return await workOnJob(reopened, worker, () => {});
}

test("whoever knows the state alone can do the rest of a backup, and collect it", () =>
  withBegun(async ({ state, job, place }) => {
    expect(await doTheRest(state, job)).toEqual({ done: SEGMENTS - 1, stopped: false });
    const events: TransferEvent[] = [];
    const report = (event: TransferEvent) => void events.push(event);
    const summary = await collectBackup({ place: state, job, signal }, report);
    expect(summary).toMatchObject({ jobId: "j", outcome: "complete", segments: SEGMENTS, collected: true });
    expect(summary.totals).toMatchObject({ read: 100, written: 100, segmentsDone: SEGMENTS });
    expect(events.at(-1)).toEqual({ type: "finished", summary });
    const told = events.flatMap((event) => (event.type === "segment-done" ? [event.segment] : []));
    expect(told).toEqual([0, 1, 2, 3]);
    await expectSharedDump(place, "j", table.name);
  }));

test("what has begun with one table does not go on with another of its name", () =>
  withBegun(async ({ state, job }) => {
    const { client, name: TableName, schema } = table;
    await client.send(new DeleteTableCommand({ TableName }));
    await client.send(
      new CreateTableCommand({
        TableName,
        KeySchema: [{ AttributeName: schema.hash.name, KeyType: "HASH" }],
        AttributeDefinitions: [{ AttributeName: schema.hash.name, AttributeType: schema.hash.type }],
        BillingMode: "PAY_PER_REQUEST",
      }),
    );
    await waitUntilTableExists({ client, maxWaitTime: 60, minDelay: 1 }, { TableName });
    const { failure } = await doTheRest(state, job);
    const message = "the table was made anew while the job was under way";
    expect(failure).toMatchObject({ code: "table-state", message });
  }));
