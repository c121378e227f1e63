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
  /** Share of the recorded ones that are stored some rounds after their event; what follows on the same key waits for them. */
  late: number;
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
  /** How many were stored after later moments than their own. */
  late: number;
}

/** Operations at once, each on a key of its own. */
const ROUND = 40;
const HOT_KEYS = 10;
/** In rounds. */
const LONGEST_LAG = 12;
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
  let late = 0;

  /** For each key what has happened and is not stored yet, the first first. */
  const underWay = new Map<string, { due: number; store(): Promise<unknown> }[]>();

  async function change(key: number, number: number, round: number): Promise<void> {
    const name = idName(`key-${key}`);
    const started = Date.now();
    const second = Math.floor(started / 1000);
    if (changed.get(name) === second) withinOneSecond++;
    changed.set(name, second);
    const recorded = dice.chance(settings.recorded);
    const metadata = recorded ? { [EVENT_TIME]: new Date(started).toISOString() } : {};
    const deletes = dice.chance(0.3);
    const body = `{"id":{"S":"key-${key}"},"change":{"N":"${number}"}}`;
    if (deletes) now.delete(name);
    else now.set(name, body);
    const before = underWay.get(name) ?? [];
    const lag = recorded && dice.chance(settings.late) ? dice.between(1, LONGEST_LAG) : 0;
    if (lag > 0) late++;
    const write = () => (deletes ? store.delete(name, { metadata }) : store.put(name, body, { metadata }));
    underWay.set(name, [...before, { due: round + lag, store: write }]);
    // Without a recorded time it happened when it was stored.
    await deliver(name, recorded ? round : Number.POSITIVE_INFINITY);
  }

  /** Stores what is due, in order: nothing is stored before what happened to the key earlier. */
  async function deliver(name: string, round: number): Promise<void> {
    const waiting = underWay.get(name) ?? [];
    while (waiting[0] !== undefined && waiting[0].due <= round) await waiting.shift()!.store();
    if (waiting.length === 0) underWay.delete(name);
  }

  const rounds = Math.ceil(settings.operations / ROUND);
  const remembered = new Set([rounds - 1]);
  while (remembered.size < Math.min(settings.moments, rounds)) remembered.add(dice.between(0, rounds - 1));
  for (let round = 0; round < rounds; round++) {
    const keys = new Set<number>();
    while (keys.size < ROUND) keys.add(dice.between(0, (dice.chance(0.2) ? HOT_KEYS : settings.keys) - 1));
    await Promise.all([...underWay.keys()].map((name) => deliver(name, round)));
    await Promise.all([...keys].map((key) => change(key, operations++, round)));
    const at = Date.now();
    if (remembered.has(round)) moments.push({ at, bodies: [...now.values()].sort() });
    await Bun.sleep(CLOCK_MS);
  }
  await Promise.all([...underWay.keys()].map((name) => deliver(name, Number.POSITIVE_INFINITY)));
  return { moments, operations, withinOneSecond, late };
}
