import { createDice, type Dice } from "../../../src/core/demo/dice.ts";

export interface Chance extends Dice {
  /** From 0 to 1. */
  share(): number;
  /** Times between events that come on average so often. */
  exponential(mean: number): number;
  /** How long a request to the place of heartbeats takes, milliseconds: mostly little, sometimes seconds. */
  latency(): number;
}

export function createChance(seed: number): Chance {
  const dice = createDice(seed);
  const share = () => dice.between(0, 999_999) / 1_000_000;
  return {
    ...dice,
    share,
    exponential: (mean) => -Math.log(1 - share()) * mean,
    latency() {
      const kind = share();
      if (kind < 0.97) return dice.between(30, 150);
      return kind < 0.995 ? dice.between(150, 1_000) : dice.between(1_000, 3_000);
    },
  };
}
