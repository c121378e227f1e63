import { setTimeout as sleep } from "node:timers/promises";
import type { RecordSide, RepairTarget } from "../diff/source.ts";
import type { WireItem, WireKey } from "../item/attribute-value.ts";
import { equalItems } from "../item/equal.ts";
import { isPassing } from "../table/failure.ts";

/** What restoring a version would do, decided on the item as it was read: a value to be shown, and then carried out. */
export interface RestorePlan {
  key: WireKey;
  action: "put" | "delete" | "nothing";
  /** The table's item that it is decided on, and what is to be instead; undefined: none. */
  present: WireItem | undefined;
  image: WireItem | undefined;
}

/**
 * `changed`: the record is not this version, because somebody else wrote it since the plan was made. `written` tells whether this
 * version was put there all the same, before that; after a lost answer nobody can know.
 */
export type RestoreOutcome =
  | { done: "restored" }
  | { done: "changed"; written: "no" | "yes" | "unknown"; present: WireItem | undefined };

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;

type RestorableTable = Pick<RecordSide, "read"> & RepairTarget;

export async function planRestore(
  table: RestorableTable,
  key: WireKey,
  image: WireItem | undefined,
  signal: AbortSignal,
): Promise<RestorePlan> {
  const present = await readPresent(table, key, signal);
  const action = equalItems(present, image) ? "nothing" : image === undefined ? "delete" : "put";
  return { key, action, present, image };
}

/** Writes on condition that the record still is as it was planned on, and reads it again to be sure. */
export async function carryOutRestore(
  table: RestorableTable,
  plan: RestorePlan,
  patienceMs: number,
  signal: AbortSignal,
): Promise<RestoreOutcome> {
  const written = plan.action === "nothing" ? "no" : await write(table, plan, patienceMs, signal);
  const now = await readPresent(table, plan.key, signal);
  return equalItems(now, plan.image) ? { done: "restored" } : { done: "changed", written, present: now };
}

/** Repeats what fails in passing; whether it took effect. */
async function write(
  table: RestorableTable,
  { key, present, image }: RestorePlan,
  patienceMs: number,
  signal: AbortSignal,
): Promise<"no" | "yes" | "unknown"> {
  const until = performance.now() + patienceMs;
  let otherwise: "no" | "unknown" = "no";
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    signal.throwIfAborted();
    await table.readyToWrite(signal);
    try {
      const outcome = await (image === undefined ? table.delete(present!) : table.put(image, present));
      return outcome === "written" ? "yes" : otherwise;
    } catch (error) {
      if (!isPassing(error)) throw error;
      otherwise = "unknown";
      await sleep(pause * (0.5 + Math.random() / 2), undefined, { signal });
      // It may have been done all the same, also on the last attempt: reading decides whether to try again.
      if (!equalItems(await readPresent(table, key, signal), present)) return otherwise;
      if (performance.now() > until) throw error;
    }
  }
}

export async function readPresent(
  table: Pick<RecordSide, "read">,
  key: WireKey,
  signal: AbortSignal,
): Promise<WireItem | undefined> {
  return (await table.read([key], true, signal))[0];
}
