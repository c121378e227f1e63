import { expect } from "bun:test";
import type { TestPlace } from "../helpers/stores.ts";
import { countedOf } from "./counted.ts";
import type { Told } from "./worker-child.ts";

/**
 * Checks that every segment is done, with each of its units once, and that what any worker was told is saved is what counts.
 * @param told by all workers
 * @returns how often segments were taken, in all
 */
export async function checkOutcome(
  place: TestPlace,
  { segments, units }: { segments: number; units: number },
  told: Told[],
): Promise<number> {
  const saved = told.filter((one) => one.type === "saved");
  const of = saved.map(({ segment, unit }) => `${segment} ${unit}`);
  expect(of.length, "no unit is saved twice").toBe(new Set(of).size);
  const done = told.flatMap((one) => (one.type === "segment-done" ? [one.segment] : []));
  expect(done.length, "no segment is done twice").toBe(new Set(done).size);
  let taken = 0;
  for (let segment = 0; segment < segments; segment++) {
    const { record, lines } = (await countedOf(place, segment))!;
    expect(record).toMatchObject({ status: "done", checkpoint: null, totals: { units } });
    const words = lines.map((line) => line.split(" "));
    const each = Array.from({ length: units }, (_, unit) => `${segment} ${unit}`);
    expect(words.map(([of, unit]) => `${of} ${unit}`)).toEqual(each);
    const epochs = words.map(([, , epoch]) => Number(epoch));
    expect(epochs).toEqual(epochs.toSorted((one, other) => one - other));
    for (const one of saved) if (one.segment === segment) expect(epochs[one.unit]).toBe(one.epoch);
    taken += record.epoch;
  }
  return taken;
}
