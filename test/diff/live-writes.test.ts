import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { order } from "../helpers/orders.ts";
import { type History, type Replication, startReplication } from "../helpers/replication.ts";
import { runDiff } from "../helpers/run-diff.ts";
import { recordWrites, writesTo } from "../helpers/stream.ts";
import type { Item } from "../helpers/table.ts";
import { createTable, type TestTable } from "../helpers/table.ts";

const SECONDS = 1_000;
const RESTING = 5_000;
const LIVE = Array.from({ length: 300 }, (_, at) => `live-${at}`);

let primary: TestTable;
let replica: TestTable;

beforeEach(async () => {
  [primary, replica] = await Promise.all([createTable(), createTable()]);
  const resting = Array.from({ length: RESTING }, (_, at) => order(`rest-${at}`));
  await Promise.all([primary.load(resting), replica.load(resting)]);
}, 60 * SECONDS);

afterEach(() => Promise.all([primary.drop(), replica.drop()]));

describe("writes going on to the primary, replicated some hundreds of milliseconds later", () => {
  test(
    "a check reports nothing that is not a discrepancy",
    async () => {
      const replication = startReplication(primary, replica, {
        ids: LIVE,
        lag: [200, 600],
        writesPerSecond: 150,
      });
      await Bun.sleep(SECONDS);
      const runs = [];
      for (let run = 0; run < 3; run++)
        runs.push(await runDiff(primary.location, replica.location, { settleMs: 4_000 }));
      await replication.stop();
      for (const { found, summary } of runs) {
        expect(found).toEqual([]);
        expect(summary.outcome).toBe("clean");
      }
      // Otherwise nothing was on its way, and the test has shown nothing.
      expect(runs.reduce((sum, { summary }) => sum + summary.totals.inFlight, 0)).toBeGreaterThan(0);
    },
    120 * SECONDS,
  );

  test(
    "a check still finds what was lost, among writes that are merely on their way",
    async () => {
      const replication = startReplication(primary, replica, {
        ids: LIVE,
        lag: [200, 600],
        writesPerSecond: 100,
      });
      await primary.put(order("rest-17", "changed and never replicated "));
      await replica.delete({ id: { S: "rest-23" } });
      const { found } = await runDiff(primary.location, replica.location, { settleMs: 4_000 });
      await replication.stop();
      expect(found.sort((a, b) => (a.id < b.id ? -1 : 1))).toEqual([
        { kind: "different", id: "rest-17" },
        { kind: "missing", id: "rest-23" },
      ]);
    },
    120 * SECONDS,
  );

  test(
    "a repair never takes the replica back to an older image",
    async () => {
      await recordWrites(replica);
      const replication = startReplication(primary, replica, {
        ids: LIVE,
        lag: [200, 500],
        lost: 0.3,
        writesPerSecond: 120,
      });
      await Bun.sleep(2 * SECONDS);
      const runs = [];
      for (let run = 0; run < 4; run++) {
        runs.push(await runDiff(primary.location, replica.location, { mode: "repair", settleMs: 700 }));
      }
      await replication.stop();
      const last = await runDiff(primary.location, replica.location, { mode: "repair", settleMs: 700 });
      expect(last.summary.outcome).toBe("clean");
      const repaired = runs.reduce(
        (sum, { summary: { totals } }) => sum + totals.repaired.put + totals.repaired.delete,
        0,
      );
      expect(repaired).toBeGreaterThan(20);

      expect(stepsBack(replication, await imagesOf(replica))).toEqual([]);
      const sorted = (items: Item[]) => items.sort((a, b) => (a.id!.S! < b.id!.S! ? -1 : 1));
      expect(sorted(await replica.items())).toEqual(sorted(await primary.items()));
    },
    180 * SECONDS,
  );
});

/** What each id has been on the replica, in order. */
async function imagesOf(table: TestTable): Promise<Map<string, History>> {
  const images = new Map<string, History>();
  for (const { dynamodb } of await writesTo(table)) {
    const id = dynamodb!.Keys!.id!.S!;
    images.set(id, [...(images.get(id) ?? []), dynamodb!.NewImage as Item | undefined]);
  }
  return images;
}

/** Where the replica took on an image older than one it had had, or one that the primary never had. */
function stepsBack({ histories }: Replication, images: Map<string, History>): string[] {
  const wrong: string[] = [];
  for (const [id, replicas] of images) {
    const history = histories.get(id)!;
    let at = 0;
    for (const image of replicas) {
      // The earliest moment, from where the replica already was, at which the primary looked like this.
      const next = history.findIndex((past, index) => index >= at && Bun.deepEquals(past, image));
      if (next < 0)
        wrong.push(`${id}: version ${image?.v?.N ?? "deleted"} after ${history[at]?.v?.N ?? "deleted"}`);
      else at = next;
    }
  }
  return wrong;
}
