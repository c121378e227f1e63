import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { gunzipSync } from "node:zlib";
import { SETTLE } from "../test/helpers/begun-run.ts";
import { runDdbr } from "../test/helpers/cli.ts";
import { order } from "../test/helpers/orders.ts";
import { type TestPlace, withPlace } from "../test/helpers/stores.ts";
import { ID_KEY, type Item, withTables } from "../test/helpers/table.ts";
import { type Bundle, unpackBundle } from "./helpers/bundle.ts";
import { stateVariables } from "./helpers/functions.ts";
import { NODE_VERSIONS, withFunction } from "./helpers/lambda-function.ts";

let bundle: Bundle;
beforeAll(async () => {
  bundle = await unpackBundle();
});
afterAll(() => bundle.drop());

const SEGMENTS = 3;
const ORDERS = Array.from({ length: 300 }, (_, number) => order(`order-${number}`));
const byId = (items: Item[]) => items.toSorted((a, b) => (a.id!.S! < b.id!.S! ? -1 : 1));

/** A bucket for state and backups alike: state needs one without versions. */
const withUnversioned = (body: (place: TestPlace) => Promise<void>) =>
  withPlace("s3", body, { versioned: false });

/** Begins a run with its last segment as a worker does it, has the functions do the rest, and returns what they collect. */
async function runByFunctions(
  node: (typeof NODE_VERSIONS)[number],
  place: TestPlace,
  words: string[],
): Promise<unknown> {
  const state = `${place.url}/runs/${words[0]}`;
  const shared = ["--state", state, "--segments", String(SEGMENTS), "--segment", String(SEGMENTS - 1)];
  const { code, stderr } = await runDdbr([...words, ...shared, ...place.options()], { env: place.env });
  expect({ code, stderr }).toMatchObject({ code: 0 });
  // The bucket of backups is reached as the function itself is allowed to.
  const options = { node, root: bundle.root, variables: { ...stateVariables(), ...place.env } };
  await withFunction({ ...options, handler: "segment" }, async (lambda) => {
    for (let segment = 0; segment < SEGMENTS; segment++) {
      expect(await lambda.invoke({ state, segment })).toEqual({ answer: { segment, status: "done" } });
    }
  });
  return await withFunction({ ...options, handler: "collect" }, async (lambda) => {
    const outcome = await lambda.invoke({ state });
    return "answer" in outcome ? outcome.answer : outcome.error;
  });
}

describe.each(NODE_VERSIONS)("the functions on Node %s", (node) => {
  test("make a backup, and restore it", async () => {
    await withTables([ID_KEY, ID_KEY], async (primary, restored) => {
      await primary.load(ORDERS);
      await withUnversioned(async (place) => {
        const backups = `${place.url}/backups`;
        const backup = ["backup-table", primary.location, backups, "--jobid", "all"];
        expect(await runByFunctions(node, place, backup)).toMatchObject({
          outcome: "complete",
          missing: [],
        });
        const keys = await place.keys("backups/all");
        const files = await Promise.all(
          keys
            .filter((key) => !key.endsWith(".json"))
            .map(async (key) => gunzipSync((await place.get(key))!)),
        );
        const lines = files.join("").trimEnd().split("\n");
        expect(lines.map((line) => JSON.parse(line).id.S).sort()).toEqual(
          ORDERS.map(({ id }) => id!.S!).sort(),
        );
        const restore = ["restore-table", `${backups}/all`, restored.location, "--yes"];
        expect(await runByFunctions(node, place, restore)).toMatchObject({
          outcome: "restored",
          missing: [],
        });
        expect(byId(await restored.items())).toEqual(byId(await primary.items()));
      });
    });
  });

  test("compare a folder", async () => {
    await withTables([ID_KEY], async (primary) => {
      await primary.load(ORDERS);
      await withUnversioned(async (place) => {
        const folder = `${place.url}/inc`;
        const fill = ["incremental-backfill", primary.location, folder, ...place.options()];
        expect(await runDdbr(fill, { env: place.env })).toMatchObject({ code: 0 });
        await primary.put(order("order-300"));
        await primary.delete({ id: { S: "order-7" } });
        const compare = ["incremental-diff", primary.location, folder, ...SETTLE];
        expect(await runByFunctions(node, place, compare)).toMatchObject({
          outcome: "discrepancies",
          totals: { discrepancies: { missing: 1, different: 0, extraneous: 1 } },
        });
      });
    });
  });
});
