import { join } from "node:path";
import { createDice, type Dice } from "../../../src/core/demo/dice.ts";
import type { WireItem } from "../../../src/core/item/attribute-value.ts";
import { EVENT_NAME, EVENT_TIME, SEQUENCE } from "../../../src/core/store/metadata-names.ts";
import { createTable, type Item, type TestTable } from "../../helpers/table.ts";
import { objectName, openTestStore } from "../../history/fixtures/stored-history.ts";
import { byId, newFolder, wire } from "./changes.ts";
import { ids, someItems, specialItem } from "./items.ts";

/** A table, and a command that brings it to something else: some records of each kind of change, and some that stay. */
export interface Scenario {
  table: TestTable;
  /** The command, on the table at this location, which may be another way to it. */
  words(location: string): string[];
  /** What the table is to hold afterwards, by id. */
  after: Map<string, WireItem>;
  /** A place for files, which is empty at first. */
  path(name: string): string;
}

type Made = Omit<Scenario, "table" | "path"> & { drop?: () => Promise<void> };
type Make = (table: TestTable, dice: Dice, path: (name: string) => string) => Promise<Made>;

const RECORDS = 300;

/** What there is to bring a table back from: another state of the same records. */
async function twoStates(table: TestTable, dice: Dice): Promise<{ before: Item[]; wanted: Item[] }> {
  const before = someItems(ids(RECORDS), dice, 0.7);
  const kept = before.filter(() => dice.chance(0.2));
  const wanted = new Map(someItems(ids(RECORDS), dice, 0.7).map((item) => [item.id!.S!, item]));
  for (const item of kept) wanted.set(item.id!.S!, item);
  await table.load(before);
  return { before, wanted: [...wanted.values()] };
}

function restore(mode: "merge" | "missing" | "replace"): Make {
  return async (table, dice, path) => {
    const { before, wanted } = await twoStates(table, dice);
    const backup = path("backup.ndjson");
    await Bun.write(backup, [...byId(wanted).values()].map((item) => `${JSON.stringify(item)}\n`).join(""));
    const merged = mode === "missing" ? [...wanted, ...before] : [...before, ...wanted];
    return {
      after: byId(mode === "replace" ? wanted : merged),
      words: (location) => ["restore-table", backup, location, "--mode", mode],
    };
  };
}

/** Its incremental folder knows all that has happened to the table. */
const rewind: Make = async (table, dice, path) => {
  const folder = path("backups");
  const store = await openTestStore(join(folder, table.name));
  let sequence = 1;
  const metadata = (event: string) => ({
    metadata: {
      [EVENT_NAME]: event,
      [EVENT_TIME]: new Date().toISOString(),
      [SEQUENCE]: `${sequence++}`,
    },
  });
  const now = new Map<string, Item>();
  const put = async (item: Item) => {
    const id = item.id!.S!;
    await store.put(nameOf(id), JSON.stringify(wire(item)), metadata(now.has(id) ? "MODIFY" : "INSERT"));
    now.set(id, item);
  };
  await Promise.all(someItems(ids(RECORDS), dice, 0.7).map(put));
  const then = byId(now.values());
  const from = await nextMoment();
  const changed = ids(RECORDS).filter(() => dice.chance(0.7));
  const changes = changed.map((id) => ({
    item: !now.has(id) || dice.chance(0.7) ? specialItem(id, dice) : undefined,
    isDeleted: dice.chance(0.3),
    id,
  }));
  await Promise.all(
    changes.map(async ({ id, item, isDeleted }) => {
      if (item !== undefined) await put(item);
      if (!isDeleted) return;
      await store.delete(nameOf(id), metadata("REMOVE"));
      now.delete(id);
    }),
  );
  const to = await nextMoment();
  store.close();
  await table.load(now.values());
  return { after: then, words: (location) => ["rewind", location, folder, "--from", from, "--to", to] };
};

const nameOf = (id: string) => objectName({ id: { S: id } });

/** A moment with nothing else in its millisecond, that is over. */
async function nextMoment(): Promise<string> {
  await Bun.sleep(5);
  const moment = new Date().toISOString();
  await Bun.sleep(5);
  return moment;
}

/** The table is another's replica. */
const repair: Make = async (table, dice) => {
  const { wanted } = await twoStates(table, dice);
  const primary = await createTable();
  await primary.load(wanted);
  return {
    after: byId(wanted),
    words: (location) => ["diff-tables", primary.location, location, "--repair", "--settle", "0"],
    drop: primary.drop,
  };
};

const KINDS = {
  "restore-table --mode merge": restore("merge"),
  "restore-table --mode missing": restore("missing"),
  "restore-table --mode replace": restore("replace"),
  rewind,
  "diff-tables --repair": repair,
} satisfies Record<string, Make>;

export type ScenarioKind = keyof typeof KINDS;

export const SCENARIOS = Object.keys(KINDS) as ScenarioKind[];

/** Sets one up; runs `body` with it and takes everything away, whatever happens. */
export async function withScenario<Result>(
  kind: ScenarioKind,
  seed: number,
  body: (scenario: Scenario) => Promise<Result>,
): Promise<Result> {
  const folder = newFolder();
  const table = await createTable();
  const made = await KINDS[kind](table, createDice(seed), folder.path);
  try {
    return await body({ ...made, table, path: folder.path });
  } finally {
    await Promise.all([table.drop(), made.drop?.()]);
    folder.drop();
  }
}
