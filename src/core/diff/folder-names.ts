import { inParallel } from "../in-parallel.ts";
import { isNameOf } from "../incremental/duplicate-objects.ts";
import { hasKey, type RecordFolder } from "../incremental/record-folder.ts";
import { isRecordName } from "../incremental/record-object.ts";
import { keyOf, type WireItem } from "../item/attribute-value.ts";
import { keyString } from "../item/key-string.ts";
import type { FolderNamesOptions } from "./compare-folder.ts";
import type { Confirmer } from "./confirmer.ts";
import { PARTITIONS, PartitionedSpool, partitionOf } from "./partitioned-spool.ts";
import type { DiffRun } from "./run-diff.ts";

/** Names of a folder's records: those that items have led to, and all that are listed. On disk, in partitions. */
export class FolderNames {
  readonly #seen = new PartitionedSpool();
  readonly #listed = new PartitionedSpool();

  /** An item has led to it. */
  see(name: string): void {
    this.#seen.add(partitionOf(name), name);
  }

  /** It is there. */
  list(name: string): void {
    this.#listed.add(partitionOf(name), name);
  }

  /** Those that are there and that no item has led to, in ascending order, some at a time. @param after only names after this one */
  *others(after: string, atOnce: number): Generator<string[]> {
    let names: string[] = [];
    for (let partition = after === "" ? 0 : partitionOf(after); partition < PARTITIONS; partition++) {
      const known = new Set(this.#seen.lines(partition));
      const others = this.#listed.lines(partition).filter((name) => name > after && !known.has(name));
      for (const name of others.sort()) {
        names.push(name);
        if (names.length < atOnce) continue;
        yield names;
        names = [];
      }
    }
    if (names.length > 0) yield names;
  }

  close(): void {
    this.#seen.close();
    this.#listed.close();
  }
}

/** A part of the names; the next begins where it ended. */
export interface NamesStretch {
  /** Only names after this one. */
  after: string;
  /** Asked now and then: whether to end here. */
  enough(): boolean;
  /** Told after which name the next begins; `end`: there are no more. */
  reached(position: { after: string } | "end"): void;
}

/** Lists a folder; objects that no record is called as are told of as foreign. */
export async function listNames(
  { signal, report }: Pick<DiffRun, "signal" | "report">,
  folder: RecordFolder,
  names: FolderNames,
): Promise<void> {
  for await (const page of folder.names(signal)) {
    for (const name of page) {
      if (isRecordName(name)) names.list(name);
      else report({ type: "foreign", object: name, reason: "its name is no record's" });
    }
  }
}

/** Between two looks at whether a stretch is to end each worker has so many objects to look into. */
const OBJECTS_EACH = 16;

/** Looks into the objects that no item of the table has led to. */
export async function compareNames(
  run: DiffRun,
  { primary, replica, reads, duplicates }: FolderNamesOptions,
  confirmer: Confirmer,
  names: FolderNames,
  stretch?: NamesStretch,
): Promise<void> {
  const { schema } = primary.description;
  const { signal, report } = run;
  for (const others of names.others(stretch?.after ?? "", reads * OBJECTS_EACH)) {
    await inParallel(others, reads, async (name) => {
      await run.gate.passed(signal);
      const item = await replica.open(name, signal);
      if (item === undefined) return;
      const reason = problemOf(name, item);
      if (typeof item === "string" || reason !== undefined) {
        return report({ type: "foreign", object: name, reason: reason! });
      }
      const record = await replica.find(item, signal);
      if (record === undefined || record.name === name) {
        return await confirmer.add([{ key: keyString(item, schema), origin: "replica" }]);
      }
      duplicates.add(name);
      report({ type: "duplicate", key: keyOf(item, schema), object: name, of: record.name });
    });
    stretch?.reached({ after: others.at(-1)! });
    if (stretch?.enough()) return;
  }
  stretch?.reached("end");

  /** Why the object is not that of a record, if it isn't. */
  function problemOf(name: string, item: WireItem | string): string | undefined {
    if (typeof item === "string") return item;
    if (!hasKey(item, schema)) return "it has not got the table's key";
    return isNameOf(name, item, schema) ? undefined : "its name is not that of the record it holds";
  }
}
