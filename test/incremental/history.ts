import { createDice } from "../../src/core/demo/dice.ts";
import { EVENT_TIME } from "../../src/core/store/metadata-names.ts";
import type { ObjectStore } from "../../src/core/store/object-store.ts";
import { idName } from "./folding.ts";

export interface HistorySettings {
  seed: number;
  keys: number;
  operations: number;
  /** Share of the writes whose event's time is recorded with them. */
  recorded: number;
  /** How many moments to remember. */
  moments: number;
}

/** What the folder held at a moment: the bodies, sorted. */
export interface Moment {
  at: number;
  bodies: string[];
}

export interface History {
  moments: Moment[];
  operations: number;
  /** How many operations changed a key that was changed within the same second before. */
  withinOneSecond: number;
}

/** Operations at once, each on a key of its own. */
const ROUND = 40;
const HOT_KEYS = 10;
/** The clock that a file system or a server takes its times from may lie this far behind. */
const CLOCK_MS = 12;

/**
 * Writes and deletes records through a store at random, and keeps beside it what there ought to be. Moments lie between
 * operations, so there is one answer to what was there then.
 */
export async function writeHistory(store: ObjectStore, settings: HistorySettings): Promise<History> {
  const dice = createDice(settings.seed);
  const now = new Map<string, string>();
  const changed = new Map<string, number>();
  const moments: Moment[] = [];
  let withinOneSecond = 0;
  let operations = 0;

  async function change(key: number, number: number): Promise<void> {
    const name = idName(`key-${key}`);
    const started = Date.now();
    const second = Math.floor(started / 1000);
    if (changed.get(name) === second) withinOneSecond++;
    changed.set(name, second);
    const metadata = dice.chance(settings.recorded) ? { [EVENT_TIME]: new Date(started).toISOString() } : {};
    if (dice.chance(0.3)) {
      now.delete(name);
      await store.delete(name, { metadata });
    } else {
      const body = `{"id":{"S":"key-${key}"},"change":{"N":"${number}"}}`;
      now.set(name, body);
      await store.put(name, body, { metadata });
    }
  }

  const rounds = Math.ceil(settings.operations / ROUND);
  const remembered = new Set([rounds - 1]);
  while (remembered.size < Math.min(settings.moments, rounds)) remembered.add(dice.between(0, rounds - 1));
  for (let round = 0; round < rounds; round++) {
    const keys = new Set<number>();
    while (keys.size < ROUND) keys.add(dice.between(0, (dice.chance(0.2) ? HOT_KEYS : settings.keys) - 1));
    await Promise.all([...keys].map((key) => change(key, operations++)));
    const at = Date.now();
    if (remembered.has(round)) moments.push({ at, bodies: [...now.values()].sort() });
    await Bun.sleep(CLOCK_MS);
  }
  return { moments, operations, withinOneSecond };
}
