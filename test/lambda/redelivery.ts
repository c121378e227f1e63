import type { Change } from "./events.ts";

/** A call of the function; the places in the stream that it hands back, or undefined when it failed as a whole. */
export type Invoke = (batch: Change[], attempt: number) => Promise<number[] | undefined>;

export interface Redelivery {
  invoke: Invoke;
  /** Told of each answer: what is before `done` was answered for. */
  answered: (batch: Change[], done: number) => Promise<void>;
  random: () => number;
  /** Records that may be given up on when they come alone, as a failure queue takes them. */
  hopeless: (change: Change) => boolean;
}

/** No stream takes so many calls, unless the function hands back what could be done. */
const MOST_CALLS = 400;

/**
 * Delivers batches as Lambda does: after each answer again from the lowest record that is handed back, at times bisected, in
 * the end a record at a time, which is given up on where it is hopeless. Returns the calls it took.
 */
export async function redeliver(
  batches: Change[][],
  { invoke, answered, random, hopeless }: Redelivery,
): Promise<number> {
  let calls = 0;
  for (const batch of batches) {
    let attempt = 0;
    const waiting = [batch];
    while (waiting.length > 0) {
      const part = waiting.shift()!;
      if (++calls > MOST_CALLS) throw new Error("it never ends");
      const again = await invoke(part, attempt++);
      const done = again === undefined ? part[0]!.n : Math.min(...again, Number.POSITIVE_INFINITY);
      if (done > part[0]!.n) await answered(part, done);
      const rest = part.filter(({ n }) => n >= done);
      if (rest.length === 0 || (rest.length === 1 && hopeless(rest[0]!))) continue;
      const half = rest.length > 1 && (random() < 0.4 || attempt > 6) ? Math.ceil(rest.length / 2) : 0;
      waiting.unshift(...[rest.slice(0, half), rest.slice(half)].filter(({ length }) => length > 0));
    }
  }
  return calls;
}
