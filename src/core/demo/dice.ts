import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";

/** Chance that is the same for the same seed. */
export interface Dice {
  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number;
  pick<Element>(list: readonly Element[]): Element;
  /** True `share` of the time, 0 to 1. */
  chance(share: number): boolean;
  bytes(count: number): Uint8Array;
}

export function createDice(seed: number): Dice {
  const generator = xoroshiro128plus(seed);
  const between = (low: number, high: number) => uniformInt(generator, low, high);
  return {
    between,
    pick: (list) => list[between(0, list.length - 1)]!,
    chance: (share) => between(0, 999_999) < share * 1_000_000,
    bytes: (count) => Uint8Array.from({ length: count }, () => between(0, 255)),
  };
}
