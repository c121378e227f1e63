import { createDice } from "../../src/core/demo/dice.ts";
import type { Item, TestTable } from "../helpers/table.ts";

/** What a key has been, in order; undefined: deleted. */
export type Writes = Map<string, (Item | undefined)[]>;

export interface WriteSettings {
  seed: number;
  keys: number;
  writes: number;
  /** Awaited after each round of writes. */
  afterRound?(): Promise<unknown>;
}

/** Writes of different keys at once, each of which changes its record. */
const ROUND = 16;

/** Puts, changes and deletes records at random, one after the other for each key, and tells what each key has been. */
export async function writeAtRandom(table: TestTable, settings: WriteSettings): Promise<Writes> {
  const dice = createDice(settings.seed);
  const done: Writes = new Map();
  let version = 0;
  for (let written = 0; written < settings.writes; written += ROUND) {
    const ids = new Set<string>();
    while (ids.size < ROUND) ids.add(`key-${dice.between(0, settings.keys - 1)}`);
    const images = [...ids].map((id): [string, Item | undefined] => {
      const isThere = done.get(id)?.at(-1) !== undefined;
      return [id, isThere && dice.chance(0.3) ? undefined : newImage(id, ++version, dice)];
    });
    await Promise.all(
      images.map(async ([id, image]) => {
        if (image === undefined) await table.delete({ id: { S: id } });
        else await table.put(image);
        done.set(id, [...(done.get(id) ?? []), image]);
      }),
    );
    await settings.afterRound?.();
  }
  return done;
}

/** Attributes come and go; numbers have more digits than JavaScript's. */
function newImage(id: string, version: number, dice: ReturnType<typeof createDice>): Item {
  const image: Item = { id: { S: id }, v: { N: `${version}` } };
  if (dice.chance(0.5)) image.long = { N: `12345678901234567890123456789012345.${dice.between(1, 9)}` };
  if (dice.chance(0.3)) image.tags = { SS: ["a", `b${dice.between(0, 9)}`] };
  if (dice.chance(0.3)) image.blob = { B: dice.bytes(dice.between(1, 40)) };
  if (dice.chance(0.2)) image.blobs = { BS: [dice.bytes(dice.between(1, 20))] };
  if (dice.chance(0.2)) image.note = { M: { text: { S: "x".repeat(dice.between(1, 300)) } } };
  return image;
}
