import { expect, test } from "bun:test";
import type { Heartbeat } from "../../src/core/pacing/heartbeat.ts";
import { heartbeatFolder } from "../../src/core/pacing/heartbeat-folder.ts";
import { STORE_KINDS } from "../helpers/stores.ts";
import { withState } from "../state/opened-places.ts";

function beatOf(worker: string, sequence: number): Heartbeat {
  const meters = { "orders-read": { consumed: 12.5, wanted: 100, throttled: false } };
  return { worker, sequence, left: false, charged: 7, meters };
}

test.each(STORE_KINDS)(
  "workers leave their newest heartbeats for each other, as names of empty objects (%s)",
  (kind) =>
    withState(kind, async (store, outside) => {
      const [a, b] = [heartbeatFolder(store), heartbeatFolder(store)];
      expect(await a.read()).toEqual([]);
      for (const sequence of [1, 2, 3]) await a.publish(beatOf("a", sequence));
      await b.publish(beatOf("b", 1));
      expect((await b.read()).sort((one, two) => (one.worker < two.worker ? -1 : 1))).toEqual([
        beatOf("a", 3),
        beatOf("b", 1),
      ]);
      expect(await outside.keys()).toEqual([
        "pace/a_3_0_7_orders-read.9n8.255s.0",
        "pace/b_1_0_7_orders-read.9n8.255s.0",
      ]);
    }),
);

test("a worker that takes another's place clears away what that one has left", () =>
  withState("directory", async (store, outside) => {
    const [before, after] = [heartbeatFolder(store), heartbeatFolder(store)];
    await before.publish(beatOf("a", 1));
    await before.publish(beatOf("a-b", 1));
    await after.read();
    await after.publish(beatOf("a", 2));
    expect(await outside.keys()).toEqual([
      "pace/a-b_1_0_7_orders-read.9n8.255s.0",
      "pace/a_2_0_7_orders-read.9n8.255s.0",
    ]);
  }));

test("what a heartbeat has left that was stopped in the middle is cleared away by the next", () =>
  withState("directory", async (store, outside) => {
    let stopped = false;
    const folder = heartbeatFolder({
      put: (key, body) => store.put(key, body),
      list: (name) => store.list(name),
      delete: (key) => (stopped ? Promise.reject(new Error("stopped")) : store.delete(key)),
    });
    await folder.publish(beatOf("a", 1));
    stopped = true;
    await expect(folder.publish(beatOf("a", 2))).rejects.toThrow("stopped");
    stopped = false;
    await folder.publish(beatOf("a", 3));
    expect(await outside.keys()).toEqual(["pace/a_3_0_7_orders-read.9n8.255s.0"]);
  }));
