import { PARTITIONS, PartitionedSpool, partitionOf } from "../diff/partitioned-spool.ts";
import type { DiffRun } from "../diff/run-diff.ts";
import { inParallel } from "../in-parallel.ts";
import type { KeySchema, WireItem } from "../item/attribute-value.ts";
import { hasKey, namesOf, type RecordFolder } from "./record-folder.ts";

/** Names of the second objects of records that a comparison has found, on disk; a repair deletes them. */
export class DuplicateObjects {
  readonly #names = new PartitionedSpool();

  add(name: string): void {
    this.#names.add(partitionOf(name), name);
  }

  *names(): Generator<string> {
    for (let partition = 0; partition < PARTITIONS; partition++) yield* this.#names.lines(partition);
  }

  close(): void {
    this.#names.close();
  }
}

/** Whether the name is one that the record's object may have. */
export function isNameOf(name: string, item: WireItem, schema: KeySchema): boolean {
  return hasKey(item, schema) && [...namesOf(item, schema)].includes(name);
}

/** Deletes those that still are second objects: a record always keeps the one that counts, and what is no record is left alone. */
export async function deleteDuplicates(
  { signal, report, gate, primary }: DiffRun,
  folder: RecordFolder,
  duplicates: DuplicateObjects,
  atOnce: number,
): Promise<void> {
  const { schema } = primary.description;
  await inParallel(duplicates.names(), atOnce, async (name) => {
    await gate.passed(signal);
    signal.throwIfAborted();
    const item = await folder.open(name, signal);
    if (typeof item === "string") return;
    if (item !== undefined) {
      if (!isNameOf(name, item, schema)) return;
      const counting = await folder.find(item, signal);
      if (counting === undefined || counting.name === name) return;
      await folder.remove(name);
    }
    report({ type: "duplicate-deleted", object: name });
  });
}
