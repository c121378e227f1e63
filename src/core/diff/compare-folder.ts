import { inParallel } from "../in-parallel.ts";
import { type DuplicateObjects, deleteDuplicates, isNameOf } from "../incremental/duplicate-objects.ts";
import type { RecordFolder } from "../incremental/record-folder.ts";
import { hasKey } from "../incremental/record-folder.ts";
import { isRecordName } from "../incremental/record-object.ts";
import { keyOf, type WireItem } from "../item/attribute-value.ts";
import { equalItems } from "../item/equal.ts";
import { keyString } from "../item/key-string.ts";
import { eachSegment } from "../segments.ts";
import type { Candidate } from "./candidate.ts";
import { confirmAll } from "./confirm-run.ts";
import type { Confirmer } from "./confirmer.ts";
import type { DiffSummary } from "./diff-events.ts";
import { PARTITIONS, PartitionedSpool, partitionOf } from "./partitioned-spool.ts";
import { type DiffRun, type DiffSetup, runDiff } from "./run-diff.ts";
import type { Source } from "./source.ts";

export interface FolderDiffOptions extends DiffSetup {
  primary: Source;
  replica: RecordFolder;
  /** Objects read at the same time. */
  reads: number;
  /** Takes the second objects of records that are found; a repair deletes those in it. */
  duplicates: DuplicateObjects;
}

/**
 * Compares a table with its incremental folder. The table is scanned once, and for each item its object is read, which
 * a folder has no cheaper way for. What the folder holds beyond that is told by its listing: names that no item
 * has led to. Both lists of names are on disk, in partitions, so memory doesn't grow with the table.
 */
export function diffFolder(options: FolderDiffOptions): Promise<DiffSummary> {
  return runDiff(options, async (run) => {
    const unconfirmed = await confirmAll(run, options.replica, async (confirmer) => {
      const seen = new PartitionedSpool();
      try {
        await compareItems(run, options, confirmer, seen);
        if (run.signal.aborted) return;
        await compareNames(run, options, confirmer, seen);
      } finally {
        seen.close();
      }
    });
    // Last of all: by now the objects that count are as they should be.
    if (run.mode === "repair" && !run.dryRun && !run.signal.aborted) {
      await deleteDuplicates(run, options.replica, options.duplicates, options.reads).catch(run.fail);
    }
    return unconfirmed;
  });
}

async function compareItems(
  run: DiffRun,
  { primary, replica, segments, concurrency, reads }: FolderDiffOptions,
  confirmer: Confirmer,
  seen: PartitionedSpool,
): Promise<void> {
  const { schema } = primary.description;
  const { signal, report, ignored } = run;
  const readsEach = Math.max(1, Math.floor(reads / Math.min(concurrency, segments)));
  await eachSegment(run, async (segment) => {
    for await (const page of primary.scan(segment, segments, signal)) {
      const candidates: Candidate[] = [];
      let found = 0;
      await inParallel(page, readsEach, async (item) => {
        await run.gate.passed(signal);
        const record = await replica.find(item, signal);
        if (record === undefined) {
          candidates.push({ key: keyString(item, schema), origin: "primary" });
          return;
        }
        found++;
        seen.add(partitionOf(record.name), record.name);
        if (!equalItems(item, record.item, ignored)) {
          candidates.push({ key: keyString(item, schema), origin: "pair" });
        }
      });
      report({ type: "scanned", side: "primary", segment, items: page.length });
      report({ type: "scanned", side: "replica", segment, items: found });
      await confirmer.add(candidates);
    }
  });
}

/** Looks into the objects that no item of the table has led to. */
async function compareNames(
  run: DiffRun,
  { primary, replica, reads, duplicates }: FolderDiffOptions,
  confirmer: Confirmer,
  seen: PartitionedSpool,
): Promise<void> {
  const { schema } = primary.description;
  const { signal, report } = run;
  const listed = new PartitionedSpool();
  try {
    for await (const page of replica.names(signal)) {
      for (const name of page) {
        if (isRecordName(name)) listed.add(partitionOf(name), name);
        else report({ type: "foreign", object: name, reason: "its name is no record's" });
      }
    }
    for (let partition = 0; partition < PARTITIONS; partition++) {
      const known = new Set(seen.lines(partition));
      const others = listed.lines(partition).filter((name) => !known.has(name));
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
    }
  } finally {
    listed.close();
  }

  /** Why the object is not that of a record, if it isn't. */
  function problemOf(name: string, item: WireItem | string): string | undefined {
    if (typeof item === "string") return item;
    if (!hasKey(item, schema)) return "it has not got the table's key";
    return isNameOf(name, item, schema) ? undefined : "its name is not that of the record it holds";
  }
}
