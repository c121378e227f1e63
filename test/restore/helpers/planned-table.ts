import { afterAll, afterEach, beforeAll, beforeEach } from "bun:test";
import { createDice, type Dice } from "../../../src/core/demo/dice.ts";
import type { WireItem } from "../../../src/core/item/attribute-value.ts";
import type { Change } from "../../../src/core/restore/change.ts";
import { dynamoDbEndpoint } from "../../helpers/dynamodb.ts";
import { type FaultProxy, type FaultProxyOptions, startFaultProxy } from "../../helpers/fault-proxy.ts";
import { createTable, type Item, type TestTable } from "../../helpers/table.ts";
import { byId, changesBetween, newFolder, writePlan } from "./changes.ts";
import { ids, someItems } from "./items.ts";

export interface Planned {
  /** The file that the plan is in. */
  path: string;
  changes: Change[];
  before: Map<string, WireItem>;
  after: Map<string, WireItem>;
  dice: Dice;
}

/** A table of its own for each test of a file, a proxy before it, and a folder for plans. Call it where a file begins. */
export function tableForPlans() {
  let folder: ReturnType<typeof newFolder>;
  let table: TestTable;
  let proxy: FaultProxy | undefined;
  let files = 0;

  beforeAll(() => {
    folder = newFolder();
  });
  afterAll(() => folder.drop());
  beforeEach(async () => {
    table = await createTable();
  });
  afterEach(async () => {
    await proxy?.stop();
    proxy = undefined;
    await table.drop();
  });

  const newPath = () => folder.path(`changes-${++files}.ndjson`);

  return {
    get table(): TestTable {
      return table;
    },
    get proxy(): FaultProxy {
      return proxy!;
    },
    newPath,
    /** What the table holds, by id. */
    held: async () => byId(await table.items()),
    /** Starts the proxy; returns where the table is behind it. */
    async through(options: Omit<FaultProxyOptions, "target">): Promise<string> {
      proxy = await startFaultProxy({ target: dynamoDbEndpoint(), ...options });
      return `${proxy.url}/${table.name}`;
    },
    /** Fills the table with one state, and plans to bring it to another: some of each kind of change, some alike. */
    async planned(count: number, seed: number): Promise<Planned> {
      const dice = createDice(seed);
      const items = someItems(ids(count), dice, 0.7);
      const kept = items.filter(() => dice.chance(0.1));
      await table.load(items);
      const before = byId(items);
      const wanted = new Map(someItems(ids(count), dice, 0.7).map((item) => [item.id!.S!, item]));
      for (const item of kept) wanted.set(item.id!.S!, item);
      const after = byId(wanted.values());
      const changes = changesBetween(before, after);
      const path = newPath();
      writePlan(path, table, changes);
      return { path, changes, before, after, dice };
    },
    /** Plans to put items where nothing is. */
    plannedNew(items: readonly Item[], created = false): Pick<Planned, "path" | "changes" | "after"> {
      const path = newPath();
      const after = byId(items);
      const changes = changesBetween(new Map(), after);
      writePlan(path, table, changes, created);
      return { path, changes, after };
    },
  };
}
