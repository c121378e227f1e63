import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createDice } from "../../src/core/demo/dice.ts";
import { STORE_KINDS, type StoreKind } from "../helpers/stores.ts";
import { createTable, type TestTable } from "../helpers/table.ts";
import { comparable, wireForm } from "../incremental/folding.ts";
import { restoreInto, undoPath } from "./helpers/run-restore.ts";
import { type Model, makeModel } from "./model.ts";
import { withSource } from "./sources/opened.ts";

const MINUTES = 60_000;
const SEED = 20_261_124;
const MOMENTS = 50;
const AT_ONCE = 5;

/** On S3 each version and each deletion is a request, and the server of the tests is a slow one. */
const SIZES: Record<StoreKind, { keys: number; writes: number }> = {
  directory: { keys: 200, writes: 3_000 },
  s3: { keys: 100, writes: 1_000 },
};

const models = new Map<StoreKind, Model>();
const modelOn = (kind: StoreKind) => models.get(kind)!;

beforeAll(async () => {
  for (const kind of STORE_KINDS) {
    models.set(kind, await makeModel({ seed: SEED, places: [kind], ...SIZES[kind] }));
  }
}, 5 * MINUTES);

afterAll(async () => {
  for (const model of models.values()) await model.drop();
}, 5 * MINUTES);

async function textsIn(table: TestTable): Promise<string[]> {
  return (await table.items()).map((item) => comparable(wireForm(item))).sort();
}

function textsAt(kind: StoreKind, moment: number): string[] {
  return [...modelOn(kind).stateAt(moment).values()].map((item) => comparable(item)).sort();
}

/** Makes the table what the folder was at a moment. */
function restore(kind: StoreKind, table: TestTable, at: number) {
  const { places, table: original } = modelOn(kind);
  return withSource(places[kind]!, original.name, { at }, async (source) => {
    using undo = undoPath();
    return await restoreInto(table.location, { source, at, undoFile: undo.path, mode: "replace" });
  });
}

/** Restores a table to one moment after the other; how many records were written for that. */
async function restoreOften(kind: StoreKind, moments: readonly number[]): Promise<number> {
  const table = await createTable();
  let written = 0;
  for (const at of moments) {
    const { summary } = await restore(kind, table, at);
    expect(summary.outcome).toBe("restored");
    expect(await textsIn(table)).toEqual(textsAt(kind, at));
    const { create, replace, delete: deleted } = summary.totals.written;
    written += create + replace + deleted;
  }
  await table.drop();
  return written;
}

describe.each(STORE_KINDS)("a folder on %s", (kind) => {
  test(
    `is restored as it was at ${MOMENTS} random moments`,
    async () => {
      const dice = createDice(SEED + 1);
      const random = () => dice.between(0, 1_000_000) / 1_000_001;
      const moments = Array.from({ length: MOMENTS }, () => modelOn(kind).moment(random));
      // Several at once, because the server of the tests takes its time.
      const shares = Array.from({ length: AT_ONCE }, (_, share) =>
        moments.filter((_, index) => index % AT_ONCE === share),
      );
      const written = await Promise.all(shares.map((share) => restoreOften(kind, share)));
      expect(written.reduce((sum, one) => sum + one)).toBeGreaterThan(MOMENTS * 20);
    },
    10 * MINUTES,
  );
});
