import { describe, expect, test } from "bun:test";
import { renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createDice } from "../../src/core/demo/dice.ts";
import { order } from "../helpers/orders.ts";
import { newPlace, STORE_KINDS, type TestPlace } from "../helpers/stores.ts";
import { createTable, type Item, type TestTable } from "../helpers/table.ts";
import { byName, events, idName, incrementalDiff, itemsIn, writeFolder } from "./diff-backups.ts";

const SECONDS = 1_000;
const RESTING = Array.from({ length: 300 }, (_, at) => order(`rest-${at}`));
const LIVE = Array.from({ length: 60 }, (_, at) => `live-${at}`);
/** Longer than a write takes to the folder. */
const SETTLE = "4";

/**
 * Changes the table at random, and the folder some time later, as a backup function does: in order for each record. Of the
 * share that is lost the folder never hears.
 */
function startShop(table: TestTable, place: TestPlace, folder: string, { lost = 0 } = {}) {
  const dice = createDice(20_261_123);
  const following = new Map<string, Promise<void>>();
  let running = true;
  let version = 0;

  async function follow(id: string, image: Item | undefined): Promise<void> {
    const name = `${folder}/${idName({ id: { S: id } })}`;
    if (image === undefined) return place.remove(name).catch(() => {});
    if (place.kind === "s3") return place.put(name, JSON.stringify(image));
    // A file that is there in part would be a torn object, which no store shows.
    const part = join(place.url, `part-${id}`);
    writeFileSync(part, JSON.stringify(image));
    renameSync(part, join(place.url, name));
  }

  const working = (async () => {
    while (running) {
      const id = dice.pick(LIVE);
      const image = dice.chance(0.25) ? undefined : { ...order(id), version: { N: String(++version) } };
      await (image === undefined ? table.delete({ id: { S: id } }) : table.put(image));
      if (!dice.chance(lost)) {
        const before = following.get(id) ?? Promise.resolve();
        const due = Bun.sleep(dice.between(100, 400));
        following.set(
          id,
          Promise.all([before, due]).then(() => follow(id, image)),
        );
      }
      await Bun.sleep(10);
    }
  })();
  return async () => {
    running = false;
    await working;
    await Promise.all(following.values());
  };
}

for (const kind of STORE_KINDS) {
  describe(`a folder that a backup function keeps (${kind})`, () => {
    test(
      "what is on its way is no discrepancy; what was lost is one",
      async () => {
        const [table, place] = await Promise.all([createTable(), newPlace(kind)]);
        const folder = `live/${table.name}`;
        await Promise.all([table.load(RESTING), writeFolder(place, folder, RESTING)]);
        const stop = startShop(table, place, folder);
        await Bun.sleep(SECONDS);
        let inFlight = 0;
        for (let run = 0; run < 2; run++) {
          const { code, report, stdout } = await incrementalDiff(table.location, place, "live", ["--json"], {
            settle: SETTLE,
          });
          expect(report).toEqual([]);
          expect(code).toBe(0);
          inFlight += (events(stdout).at(-1) as { totals: { inFlight: number } }).totals.inFlight;
        }
        // Otherwise nothing was on its way, and the test has shown nothing.
        expect(inFlight).toBeGreaterThan(0);
        await table.put(order("rest-7", "changed and never followed "));
        await place.remove(`${folder}/${idName({ id: { S: "rest-8" } })}`);
        await table.delete({ id: { S: "rest-9" } });
        const run = await incrementalDiff(table.location, place, "live", [], { settle: SETTLE });
        expect(run.found).toEqual(["different rest-7", "extraneous rest-9", "missing rest-8"]);
        await stop();
        await Promise.all([table.drop(), place.drop()]);
      },
      120 * SECONDS,
    );
  });
}

test(
  "repairs beside a backup function that loses writes: the folder ends with the newest images",
  async () => {
    const [table, place] = await Promise.all([createTable(), newPlace("s3")]);
    const folder = `live/${table.name}`;
    await Promise.all([table.load(RESTING), writeFolder(place, folder, RESTING)]);
    const stop = startShop(table, place, folder, { lost: 0.3 });
    await Bun.sleep(SECONDS);
    let repaired = 0;
    for (let run = 0; run < 2; run++) {
      const { stdout } = await incrementalDiff(table.location, place, "live", ["--repair", "--json"], {
        settle: "0.7",
      });
      const { totals } = events(stdout).at(-1) as { totals: { repaired: Record<string, number> } };
      repaired += totals.repaired.put! + totals.repaired.delete!;
    }
    expect(repaired).toBeGreaterThan(5);
    await stop();
    const last = await incrementalDiff(table.location, place, "live", ["--repair"]);
    expect(last.code).toBe(0);
    expect(byName(await itemsIn(place, folder))).toEqual(byName(await table.items()));
    await Promise.all([table.drop(), place.drop()]);
  },
  120 * SECONDS,
);
