import { createDice } from "../../src/core/demo/dice.ts";
import { addToHistory } from "../../src/core/deploy/redrive/add-to-history.ts";
import type { WireItem } from "../../src/core/item/attribute-value.ts";
import type { ObjectStore } from "../../src/core/store/object-store.ts";
import { openFolderTarget } from "../../src/core/stream/folder-target.ts";
import { replayBatch } from "../../src/core/stream/replay-batch.ts";
import { readStreamRecord, type StreamRecord } from "../../src/core/stream/stream-record.ts";
import { WrittenBefore } from "../../src/core/stream/written-before.ts";
import { newPlace, type StoreKind, type TestPlace } from "../helpers/stores.ts";
import { createTable, type TestTable } from "../helpers/table.ts";
import { openTestStore, sdkItem } from "../history/fixtures/stored-history.ts";

export interface ModelSettings {
  seed: number;
  keys: number;
  writes: number;
  places: StoreKind[];
  /** Some records are given up on, and put into the history much later, as `lambda redrive` does it. */
  redrive?: boolean;
}

/** One write to the table. */
export interface ModelWrite {
  id: string;
  /** Of its event, milliseconds since 1970: as the stream told it, and as it is recorded in the folders. */
  at: number;
  /** Of its event, too. */
  sequence: string;
  /** The item after it; undefined: deleted. */
  image: WireItem | undefined;
}

/** What a table's records are by their ids; those that are absent are not in it. */
export type ModelState = Map<string, WireItem>;

/** A table with a history, and incremental folders that it was replicated into. */
export interface Model {
  table: TestTable;
  /** The table's folder is in there, called as the table is. */
  places: Record<string, TestPlace>;
  /** Oldest first. */
  writes: readonly ModelWrite[];
  /** From when on it can be gone back to, and when the last write was. */
  began: number;
  ended: number;
  /** A moment between those. Events of that very millisecond count as before. */
  moment(random: () => number): number;
  stateAt(at: number): ModelState;
  drop(): Promise<void>;
}

/** Writes of different keys at once. */
const ROUND = 16;
/** Rounds to a batch of the stream. */
const ROUNDS = 4;
const CONCURRENCY = 16;
const NEVER = new AbortController().signal;

/**
 * Puts, changes and deletes records of a table at random. Behind the writes their events are replayed into folders, late, some batches twice; it resolves when
 * all are there. Each round of writes has a time of its own.
 */
export async function makeModel(settings: ModelSettings): Promise<Model> {
  const dice = createDice(settings.seed);
  const table = await createTable();
  const places = await Promise.all(settings.places.map((kind) => newPlace(kind)));
  const stores = await Promise.all(places.map(({ url }) => openTestStore(url)));
  const replays = stores.map((store) => startReplay(store, table.name, settings));
  const now: ModelState = new Map();
  const writes: ModelWrite[] = [];
  let at = 0;
  let batch: StreamRecord[] = [];

  async function round(): Promise<void> {
    at = await laterThan(at);
    const ids = new Set<string>();
    while (ids.size < ROUND)
      ids.add(`key-${dice.between(0, (dice.chance(0.2) ? ROUND : settings.keys) - 1)}`);
    await Promise.all(
      [...ids].map(async (id) => {
        const before = now.get(id);
        const image =
          before !== undefined && dice.chance(0.25) ? undefined : newImage(id, writes.length, dice);
        const sequence = sequenceOf(writes.length);
        writes.push({ id, at, sequence, image });
        batch.push(eventOf({ id, at, sequence, image }, before));
        if (image === undefined) now.delete(id);
        else now.set(id, image);
        await (image === undefined ? table.delete({ id: { S: id } }) : table.put(sdkItem(image)));
      }),
    );
  }

  // The folders have been kept for a while when the history begins.
  await round();
  for (const replay of replays) replay.add(batch);
  await Promise.all(replays.map((replay) => replay.caughtUp()));
  batch = [];
  const began = await laterThan(at);
  for (let rounds = 1; writes.length < settings.writes; rounds++) {
    await round();
    if (rounds % ROUNDS > 0 && writes.length < settings.writes) continue;
    for (const replay of replays) replay.add(batch);
    batch = [];
  }
  await Promise.all(replays.map((replay) => replay.finish()));
  for (const store of stores) store.close();
  const ended = at;
  return {
    table,
    places: Object.fromEntries(places.map((place) => [place.kind, place])),
    writes,
    began,
    ended,
    moment: (random) => began + Math.floor(random() * (ended - began)),
    stateAt: (moment) => stateAt(writes, moment),
    drop: async () => void (await Promise.all([table.drop(), ...places.map((place) => place.drop())])),
  };
}

function stateAt(writes: readonly ModelWrite[], moment: number): ModelState {
  const state: ModelState = new Map();
  for (const { id, at, image } of writes) {
    if (at > moment) break;
    if (image === undefined) state.delete(id);
    else state.set(id, image);
  }
  return state;
}

/** Replays batches one after the other, behind the writes. */
function startReplay(store: ObjectStore, table: string, { seed, redrive }: ModelSettings) {
  const dice = createDice(seed + 1);
  const target = openFolderTarget({ store, table, concurrency: CONCURRENCY });
  const givenUp: StreamRecord[] = [];
  let before = new WrittenBefore();
  let work = Promise.resolve();

  async function replay(records: readonly StreamRecord[]): Promise<void> {
    const { again } = await replayBatch(records, { target, before }, NEVER);
    if (again.length > 0) throw new Error(`${again.length} events were not replayed`);
  }

  async function replayAll(batch: StreamRecord[]): Promise<void> {
    const lost = redrive && dice.chance(0.3) ? dice.pick(batch).id : undefined;
    const others = batch.filter(({ id }) => id !== lost);
    givenUp.push(...batch.filter(({ id }) => id === lost));
    await replay(others);
    if (!dice.chance(0.2)) return;
    // Another process, that does not know what this one has written.
    before = new WrittenBefore();
    await replay(others.slice(dice.between(0, others.length - 1)));
  }

  return {
    add(batch: StreamRecord[]): void {
      work = work.then(() => replayAll(batch));
    },
    caughtUp: () => work,
    async finish(): Promise<void> {
      await work;
      for (const record of givenUp) {
        const problems = await addToHistory(store, table, [record], NEVER);
        if (problems.size > 0) throw new Error([...problems.values()].join());
      }
    },
  };
}

/** A later millisecond, so that each round has its own. */
async function laterThan(at: number): Promise<number> {
  while (Date.now() <= at) await Bun.sleep(1);
  return Date.now();
}

/** One digit more from some write on: compared as text they would be in another order. */
const sequenceOf = (write: number) => `${10n ** 21n - 500n + BigInt(write)}`;

/** The event as a stream tells it, read as the program reads it. */
function eventOf({ id, at, sequence, image }: ModelWrite, before: WireItem | undefined): StreamRecord {
  const record = readStreamRecord({
    eventName: image === undefined ? "REMOVE" : before === undefined ? "INSERT" : "MODIFY",
    dynamodb: {
      ApproximateCreationDateTime: at / 1000,
      Keys: { id: { S: id } },
      ...(image === undefined ? {} : { NewImage: image }),
      SequenceNumber: sequence,
      StreamViewType: "NEW_AND_OLD_IMAGES",
    },
  });
  if ("problem" in record) throw new Error(record.problem);
  return record;
}

/** Attributes come and go; numbers have more digits than JavaScript's. */
function newImage(id: string, write: number, dice: ReturnType<typeof createDice>): WireItem {
  const image: WireItem = { id: { S: id }, v: { N: `${write}` } };
  if (dice.chance(0.5)) image.long = { N: `12345678901234567890123456789012345.${dice.between(1, 9)}` };
  if (dice.chance(0.3)) image.tags = { SS: ["a", `b${dice.between(0, 9)}`] };
  if (dice.chance(0.3)) image.blob = { B: Buffer.from(dice.bytes(dice.between(1, 40))).toString("base64") };
  if (dice.chance(0.3)) image.deep = { L: [{ M: { t: { BOOL: dice.chance(0.5) } } }, { NULL: true }] };
  return image;
}
