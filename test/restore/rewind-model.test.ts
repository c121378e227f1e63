import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createDice } from "../../src/core/demo/dice.ts";
import { inParallel } from "../../src/core/in-parallel.ts";
import type { KeySchema } from "../../src/core/item/attribute-value.ts";
import { parseTableLocation } from "../../src/core/location.ts";
import type { Change } from "../../src/core/restore/change.ts";
import { planRewind } from "../../src/core/restore/plan-rewind.ts";
import type { RestorePlan, RestoreSummary } from "../../src/core/restore/restore-events.ts";
import { planRecordRestore } from "../../src/core/restore/restore-record.ts";
import { rewindTable } from "../../src/core/restore/rewind-table.ts";
import { undoChanges } from "../../src/core/restore/undo-changes.ts";
import type { ObjectStore } from "../../src/core/store/object-store.ts";
import { openTable, type Table } from "../../src/core/table/table.ts";
import { STORE_KINDS, type StoreKind } from "../helpers/stores.ts";
import { openTestStore } from "../history/fixtures/stored-history.ts";
import { comparable, wireForm } from "../incremental/folding.ts";
import { undoPath } from "./helpers/run-restore.ts";
import { type Model, type ModelState, makeModel } from "./model.ts";
import { storedItem, storedVersions } from "./model-versions.ts";
import { newRun } from "./restore-run.ts";

const MINUTES = 60_000;
const SEED = 20_261_123;
/** Of S3 every version is a request, and the server of the tests is a slow one. */
const WINDOWS: Record<StoreKind, number> = { directory: 18, s3: 3 };
const MOMENTS: Record<StoreKind, number> = { directory: 100, s3: 50 };
const SCHEMA: KeySchema = [{ name: "id", type: "S" }];
const NEVER = new AbortController().signal;

let model: Model;
let table: Table;
const stores = new Map<string, ObjectStore>();

beforeAll(async () => {
  model = await makeModel({ seed: SEED, keys: 250, writes: 2_000, places: STORE_KINDS, redrive: true });
  table = await openTable(parseTableLocation(model.table.location));
  for (const kind of STORE_KINDS) {
    stores.set(kind, await openTestStore(`${model.places[kind]!.url}/${model.table.name}`));
  }
}, 5 * MINUTES);

afterAll(async () => {
  table.close();
  for (const store of stores.values()) store.close();
  await model.drop();
}, 5 * MINUTES);

/** Each record by its id, as a text that tells it from others. */
function textsOf(state: ModelState): Map<string, string> {
  return new Map([...state].map(([id, item]) => [id, comparable(item)]));
}

async function textsInTable(): Promise<string[]> {
  return (await model.table.items()).map((item) => comparable(wireForm(item))).sort();
}

interface Planned {
  /** What each record is to become, by id; `absent`: deleted. */
  changes: Map<string, string>;
  changedSince: string[];
  equal: number;
}

/** What a rewind over a window has to do, by the model alone. */
function expected({ from, to }: Window, force: boolean): Planned {
  const [then, now] = [textsOf(model.stateAt(from)), textsOf(model.stateAt(model.ended))];
  const within = model.writes.filter(({ at }) => at > from && at <= to).map(({ id }) => id);
  const after = new Set(model.writes.filter(({ at }) => at > to).map(({ id }) => id));
  const planned: Planned = { changes: new Map(), changedSince: [], equal: 0 };
  for (const id of new Set(within)) {
    if (then.get(id) === now.get(id)) planned.equal++;
    else if (after.has(id) && !force) planned.changedSince.push(id);
    else planned.changes.set(id, then.get(id) ?? "absent");
  }
  planned.changedSince.sort();
  return planned;
}

interface Window {
  from: number;
  to: number;
}

async function rewind(kind: string, window: Window, force: boolean): Promise<Planned & { list: Change[] }> {
  const run = newRun();
  const list: Change[] = [];
  const folder = stores.get(kind)!;
  const options = { table, folder, ...window, selection: { where: [] }, force, reads: 16 };
  const plan: RestorePlan = await planRewind(options, run, { add: (change) => void list.push(change) });
  const left = run.events.flatMap((event) => (event.type === "left" ? [event] : []));
  expect(run.events.filter(({ type }) => ["undone", "foreign", "warning"].includes(type))).toEqual([]);
  expect(left.filter(({ reason }) => reason !== "changed-since")).toEqual([]);
  expect(plan.left["changed-since"]).toBe(left.length);
  const counted = Object.values(plan.changes).reduce((sum, { items }) => sum + items, 0);
  expect(counted).toBe(list.length);
  const now = textsOf(model.stateAt(model.ended));
  for (const { key, before } of list) expect(before && comparable(before)).toBe(now.get(idOf(key))!);
  return {
    changes: new Map(list.map(({ key, after }) => [idOf(key), after ? comparable(after) : "absent"])),
    changedSince: left.map(({ key }) => idOf(key)).sort(),
    equal: plan.equal,
    list,
  };
}

const idOf = (key: unknown) => (key as { id: { S: string } }).id.S;

/** Some from anywhere, and some that end near the end, where not all is changed once more. By writes, so that each seed has its own. */
function windows(count: number, seed: number): Window[] {
  const dice = createDice(seed);
  const within = model.writes.filter(({ at }) => at >= model.began);
  const last = within.length - 1;
  return Array.from({ length: count }, (_, index) => {
    const [one, other] = [dice.between(0, last), dice.between(0, last)].sort((a, b) => a - b) as [
      number,
      number,
    ];
    const end = index % 2 === 0 ? other : last - Math.floor((last - other) / 8);
    return { from: within[one]!.at, to: within[end]!.at };
  });
}

test("the model's last state is the table's", async () => {
  expect(await textsInTable()).toEqual([...textsOf(model.stateAt(model.ended)).values()].sort());
  expect(model.writes.length).toBeGreaterThanOrEqual(2_000);
});

describe.each(STORE_KINDS)("a history on %s", (kind) => {
  test(
    "is rewound over random windows as the model says, with --force and without",
    async () => {
      let [changes, left] = [0, 0];
      for (const [index, window] of windows(WINDOWS[kind], SEED).entries()) {
        const force = index % 3 === 2;
        const { list, ...planned } = await rewind(kind, window, force);
        expect(planned, JSON.stringify({ window, force })).toEqual(expected(window, force));
        changes += list.length;
        left += planned.changedSince.length;
      }
      // The test would say little if there were only one kind.
      expect(changes).toBeGreaterThan(100);
      expect(left).toBeGreaterThan(100);
    },
    5 * MINUTES,
  );

  test(
    "gives records as they were at random moments",
    async () => {
      const dice = createDice(SEED + 1);
      const folder = stores.get(kind)!;
      let absent = 0;
      const draws = Array.from({ length: MOMENTS[kind] }, () => ({
        at: model.moment(() => dice.between(0, 1_000_000) / 1_000_001),
        id: dice.pick(model.writes).id,
      }));
      await inParallel(draws, 8, async ({ at, id }) => {
        const wanted = model.stateAt(at).get(id);
        const key = { id: { S: id } };
        const { plan, version } = await planRecordRestore(table, folder, key, SCHEMA, { at }, NEVER);
        expect(plan.image && comparable(plan.image), `${id} at ${at}`).toBe(wanted && comparable(wanted)!);
        if (wanted === undefined) absent++;
        const existed = model.writes.some((write) => write.id === id && write.at <= at);
        expect(version === undefined).toBe(!existed);
      });
      expect(absent).toBeGreaterThan(3);
    },
    MINUTES,
  );

  test(
    "gives records by the ids of their versions",
    async () => {
      const dice = createDice(SEED + 2);
      for (let draw = 0; draw < 10; draw++) {
        const { id } = dice.pick(model.writes);
        const version = dice.pick(await storedVersions(model, kind, id));
        const folder = stores.get(kind)!;
        const restore = await planRecordRestore(table, folder, { id: { S: id } }, SCHEMA, { version }, NEVER);
        expect(restore.version?.versionId).toBe(version);
        expect(restore.plan.image).toEqual(await storedItem(model, kind, id, version));
      }
    },
    MINUTES,
  );
});

test(
  "a forced rewind is carried out, verified and undone: the table is as the model says each time",
  async () => {
    const [window] = windows(1, SEED + 3);
    const planned = expected(window!, true);
    const [then, now] = [textsOf(model.stateAt(model.ended)), textsOf(model.stateAt(model.ended))];
    for (const [id, text] of planned.changes) {
      if (text === "absent") then.delete(id);
      else then.set(id, text);
    }
    using undo = undoPath();
    using other = undoPath();
    const first = await rewound("directory", window!, undo.path);
    expect(first).toMatchObject({ outcome: "restored", plan: { equal: planned.equal } });
    expect(await textsInTable()).toEqual([...then.values()].sort());

    // The folder has not heard of it yet, and still there is nothing to do.
    const again = await rewound("s3", window!, other.path);
    expect(again.plan!.equal).toBe(planned.equal + planned.changes.size);
    expect(again).toMatchObject({ outcome: "restored", undoFile: undefined });

    const undone = await undoChanges({ ...controls, file: undo.path, table, undoFile: other.path });
    expect(undone.outcome).toBe("restored");
    expect(await textsInTable()).toEqual([...now.values()].sort());
  },
  MINUTES,
);

const controls = {
  signal: NEVER,
  report() {},
  agree: async () => true,
  dryRun: false,
  resume: false,
  patienceMs: 10_000,
};

function rewound(kind: string, window: Window, undoFile: string): Promise<RestoreSummary> {
  const folder = stores.get(kind)!;
  const wanted = { ...window, selection: { where: [] }, force: true };
  return rewindTable({
    ...controls,
    ...wanted,
    table,
    folder,
    source: folder.location.text,
    reads: 16,
    undoFile,
  });
}
