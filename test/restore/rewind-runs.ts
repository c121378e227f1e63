import type { WireItem } from "../../src/core/item/attribute-value.ts";
import { parseTableLocation } from "../../src/core/location.ts";
import { KeyList } from "../../src/core/record/key-list.ts";
import type { Change } from "../../src/core/restore/change.ts";
import { parseCondition } from "../../src/core/restore/condition.ts";
import { planRewind } from "../../src/core/restore/plan-rewind.ts";
import type { RestoreEvent } from "../../src/core/restore/restore-events.ts";
import { openTable } from "../../src/core/table/table.ts";
import type { TestTable } from "../helpers/table.ts";
import { openTestStore } from "../history/fixtures/stored-history.ts";
import { newRun } from "./restore-run.ts";
import type { WrittenVersion } from "./written-folder.ts";

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
/** The window: from 14:03 to 14:20. */
export const FROM = Date.UTC(2026, 10, 20, 14, 3);
export const TO = Date.UTC(2026, 10, 20, 14, 20);
const LAG = 2 * SECOND;

export type Valued = { id: { S: string }; v: { N: string } };

export const item = (id: string, v: number): Valued => ({ id: { S: id }, v: { N: `${v}` } });

/** What a function stores of an event, a little later; its number is the item's value. */
export function event(
  name: "INSERT" | "MODIFY" | "REMOVE",
  id: string,
  sequence: number,
  at: number,
  stored = at + LAG,
): WrittenVersion {
  return {
    stored,
    holds: name === "REMOVE" ? undefined : item(id, sequence),
    event: { name, sequence, at },
  };
}

export const backfilled = (id: string, v: number, stored: number): WrittenVersion => ({
  stored,
  holds: item(id, v),
});

export interface RewindSettings {
  force?: boolean;
  keys?: string[];
  where?: string[];
  from?: number;
  to?: number;
}

export interface Rewound {
  /** `id: value before → value after`, sorted. */
  changes: string[];
  equal: number;
  /** What was told of other records and objects, sorted. */
  told: string[];
  /** To the folder, by their names. */
  requests: Record<string, number>;
}

/** What a rewind of a table would do, by a folder at this place. */
export async function rewindOf(
  table: TestTable,
  place: string,
  { force = false, keys, where = [], from = FROM, to = TO }: RewindSettings = {},
): Promise<Rewound> {
  const opened = await openTable(parseTableLocation(table.location));
  const folder = await openTestStore(place);
  const list = keys && new KeyList(opened.description.schema);
  for (const id of keys ?? []) list!.add({ id: { S: id } });
  const selection = { keys: list, where: where.map((text) => parseCondition("--where", text)) };
  const requests: Record<string, number> = {};
  folder.observe({
    answered({ operation }) {
      requests[operation] = (requests[operation] ?? 0) + 1;
    },
    retried() {},
  });
  const changes: Change[] = [];
  const run = newRun();
  try {
    const options = { table: opened, folder, from, to, selection, force, reads: 8 };
    const plan = await planRewind(options, run, { add: (change) => void changes.push(change) });
    const texts = changes.map(
      ({ key, before, after }) => `${idOf(key)}: ${numberIn(before)} → ${numberIn(after)}`,
    );
    return {
      changes: texts.sort(),
      equal: plan.equal,
      told: run.events.flatMap(told).sort(),
      requests,
    };
  } finally {
    opened.close();
    folder.close();
    list?.close();
  }
}

function told(one: RestoreEvent): string[] {
  switch (one.type) {
    case "left":
      return [`${idOf(one.key)} ${one.reason}`];
    case "undone":
      return [`${one.undone.key ? idOf(one.undone.key) : "?"} undone: ${one.undone.reason}`];
    case "foreign":
      return [`${one.object} foreign: ${one.reason}`];
    case "warning":
      return [one.message];
    default:
      return [];
  }
}

const idOf = (key: WireItem) => (key.id as { S: string }).S;
const numberIn = (image: WireItem | undefined) => (image ? (image.v as { N: string }).N : "absent");
