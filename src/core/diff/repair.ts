import { type KeySchema, keyOf, setOwn, type WireItem } from "../item/attribute-value.ts";
import type { Ignored } from "../item/canonical.ts";
import { GLOBAL_TABLE_PREFIX } from "../item/ignored.ts";
import type { RepairTarget, WriteOutcome } from "./source.ts";

/** What would make one of the replica's records equal to the primary's: a plan, carried out by {@link carryOut}. */
export type RepairStep =
  | { action: "put"; item: WireItem; expected: WireItem | undefined }
  | { action: "delete"; expected: WireItem };

/** Keeps what a repair is about to replace. Returns when it is written down. */
export interface UndoLog {
  record(entry: { key: WireItem; before: WireItem | undefined; after: WireItem | undefined }): void;
  close(): void;
}

/** Decides from the images read, which differ; at least one of them is there. */
export function planRepair(
  primary: WireItem | undefined,
  replica: WireItem | undefined,
  ignored: Ignored | undefined,
): RepairStep {
  if (primary === undefined) return { action: "delete", expected: replica! };
  return { action: "put", item: imageToWrite(primary, replica, ignored), expected: replica };
}

/**
 * The primary's image, but a record that is there keeps its own ignored attributes. One that is missing gets
 * everything, except what global tables write for themselves.
 */
export function imageToWrite(
  primary: WireItem,
  replica: WireItem | undefined,
  ignored: Ignored | undefined,
): WireItem {
  if (ignored === undefined) return primary;
  const image: WireItem = {};
  for (const name of Object.keys(primary)) {
    const left = replica === undefined ? name.startsWith(GLOBAL_TABLE_PREFIX) : true;
    if (!(ignored(name) && left)) setOwn(image, name, primary[name]!);
  }
  for (const name of Object.keys(replica ?? {})) {
    if (ignored(name)) setOwn(image, name, replica![name]!);
  }
  return image;
}

/** Writes down what is replaced, then writes. */
export function carryOut(
  step: RepairStep,
  target: RepairTarget,
  schema: KeySchema,
  undo: UndoLog | undefined,
): Promise<WriteOutcome> {
  const after = step.action === "put" ? step.item : undefined;
  undo?.record({ key: keyOf(after ?? step.expected!, schema), before: step.expected, after });
  return step.action === "put" ? target.put(step.item, step.expected) : target.delete(step.expected);
}
