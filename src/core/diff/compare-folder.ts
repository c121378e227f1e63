import type { DuplicateObjects } from "../incremental/duplicate-objects.ts";
import { deleteDuplicates } from "../incremental/duplicate-objects.ts";
import type { RecordFolder } from "../incremental/record-folder.ts";
import { confirmAll } from "./confirm-run.ts";
import type { DiffSummary } from "./diff-events.ts";
import { compareItems, type ItemsStretch } from "./folder-items.ts";
import { compareNames, FolderNames, listNames, type NamesStretch } from "./folder-names.ts";
import { type DiffRun, type DiffSetup, runDiff } from "./run-diff.ts";
import type { Source } from "./source.ts";

export interface FolderDiffOptions extends DiffSetup {
  primary: Source;
  replica: RecordFolder;
  /** Objects read at the same time. */
  reads: number;
}

/** And what only the folder's own objects ask for. */
export interface FolderNamesOptions extends FolderDiffOptions {
  /** Takes the second objects of records that are found; a repair deletes those in it. */
  duplicates: DuplicateObjects;
}

/**
 * Compares a table with its incremental folder. The table is scanned once, and for each item its object is read, which
 * a folder has no cheaper way for. What the folder holds beyond that is told by its listing: names that no item
 * has led to. Both lists of names are on disk, in partitions, so memory doesn't grow with the table.
 */
export function diffFolder(options: FolderNamesOptions): Promise<DiffSummary> {
  return runDiff(options, async (run) => {
    const unconfirmed = await confirmAll(run, options.replica, async (confirmer) => {
      const names = new FolderNames();
      try {
        await compareItems(run, options, confirmer, (name) => names.see(name));
        if (run.signal.aborted) return;
        await listNames(run, options.replica, names);
        await compareNames(run, options, confirmer, names);
      } finally {
        names.close();
      }
    });
    await deleteSecond(run, options);
    return unconfirmed;
  });
}

/** A part of the first half of {@link diffFolder}: some items of the only segment chosen, compared with their objects. */
export function diffFolderItems(options: FolderDiffOptions, stretch: ItemsStretch): Promise<DiffSummary> {
  return runDiff(options, (run) =>
    confirmAll(run, options.replica, (confirmer) =>
      compareItems(run, options, confirmer, stretch.seen, stretch),
    ),
  );
}

/**
 * A part of the second half, once all items have been seen: looks into some of the objects that none has led to.
 * @param names what was seen and what is there
 */
export function diffFolderNames(
  options: FolderNamesOptions,
  names: (run: DiffRun) => Promise<FolderNames>,
  stretch: NamesStretch,
): Promise<DiffSummary> {
  return runDiff(options, async (run) => {
    const unconfirmed = await confirmAll(run, options.replica, async (confirmer) => {
      await compareNames(run, options, confirmer, await names(run), stretch);
    });
    await deleteSecond(run, options);
    return unconfirmed;
  });
}

/** Last of all: by now the objects that count are as they should be. */
async function deleteSecond(run: DiffRun, { replica, duplicates, reads }: FolderNamesOptions): Promise<void> {
  if (run.mode !== "repair" || run.dryRun || run.signal.aborted) return;
  await deleteDuplicates(run, replica, duplicates, reads).catch(run.fail);
}
