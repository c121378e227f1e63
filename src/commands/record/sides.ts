import { openTables, refuseIgnoredKey } from "../../core/diff/open-tables.ts";
import type { UndoLog } from "../../core/diff/repair.ts";
import type { RecordSide, RepairTarget } from "../../core/diff/source.ts";
import { createUndoFile } from "../../core/diff/undo-file.ts";
import { DdbrError } from "../../core/errors.ts";
import { openRecordFolder } from "../../core/incremental/record-folder.ts";
import type { WireKey } from "../../core/item/attribute-value.ts";
import type { Ignored } from "../../core/item/canonical.ts";
import { ignoredAttributes } from "../../core/item/ignored.ts";
import { openRecordObjects } from "../../core/record/record-objects.ts";
import { openExistingStore, openStore } from "../../core/store/open-store.ts";
import { placeIn } from "../../core/store/store-location.ts";
import { type DiffRequest, type DiffWords, parseDiffRequest } from "../diff/diff-request.ts";
import {
  openRequestedTable,
  parseTableRequest,
  type TableRequest,
  type TableWords,
} from "../options/table-request.ts";
import { createMemoryKeeper } from "../output/memory.ts";

/** The two places that a record is looked at in, opened. */
export interface RecordSides {
  primary: RecordSide;
  replica: RecordSide & RepairTarget;
  ignored: Ignored | undefined;
  patienceMs: number;
  maxWriteUnits?: number | undefined;
  /** What a record's object was found under, where that is not its own name. */
  olderName(key: WireKey): string | undefined;
  /** Opens the undo file, where one is wanted: when nothing can be wrong any more. */
  openUndo(): UndoLog | undefined;
  close(): void;
}

type PairWords = Omit<DiffWords, "repair" | "backfill" | "dryRun" | "consistent">;

/** @throws DdbrError for whatever is wrong or contradicts itself */
export function parsePair(
  words: PairWords,
  { writes, dryRun }: { writes: boolean; dryRun: boolean },
): DiffRequest {
  return parseDiffRequest({ ...words, repair: writes, backfill: false, dryRun, consistent: false });
}

export async function openPair(request: DiffRequest, signal: AbortSignal): Promise<RecordSides> {
  const { primary, replica } = await openTables(request, signal);
  const { ignore, globalTableAttributes, patienceMs, maxWriteUnits, undoFile, dryRun } = request;
  return {
    primary,
    replica,
    ignored: ignoredAttributes(ignore, globalTableAttributes),
    patienceMs,
    maxWriteUnits,
    olderName: () => undefined,
    openUndo: () =>
      undoFile === undefined || dryRun ? undefined : createUndoFile(undoFile, request.replica.text),
    close() {
      primary.close();
      replica.close();
    },
  };
}

interface TableAndFolderRequest extends TableRequest {
  ignore: string[];
  /** The first record of a folder may be backed up before there is one; what is only looked at must be there. */
  mayBegin: boolean;
}

/** @throws DdbrError for whatever is wrong or contradicts itself */
export function parseTableAndFolder(
  words: TableWords & { ignore?: string[] | undefined },
  { mayBegin }: { mayBegin: boolean },
): TableAndFolderRequest {
  const { ignore = [] } = words;
  if (ignore.includes("")) {
    throw new DdbrError("usage", "--ignore is empty", { hint: "name an attribute" });
  }
  return { ...parseTableRequest(words), ignore, mayBegin };
}

export async function openTableAndFolder(
  request: TableAndFolderRequest,
  signal: AbortSignal,
): Promise<RecordSides> {
  const table = await openRequestedTable(request, signal);
  refuseIgnoredKey(table, request.ignore);
  const open = request.mayBegin ? openStore : openExistingStore;
  const store = await open(placeIn(request.place, request.table.name), request.storeOptions, signal);
  const { schema, items } = table.description;
  const folder = openRecordFolder(store, schema, items);
  return {
    primary: table,
    replica: openRecordObjects(folder),
    ignored: ignoredAttributes(request.ignore, true),
    patienceMs: request.storeOptions.patienceMs ?? 0,
    olderName: folder.olderName,
    openUndo: () => undefined,
    close() {
      table.close();
      store.close();
    },
  };
}

/** Collects garbage in time, whatever is read. */
export function watchMemory({ primary, replica }: RecordSides): void {
  const keepSmall = createMemoryKeeper();
  for (const side of [primary, replica]) {
    side.observe({ answered: ({ bytes }) => keepSmall(bytes), retried() {} });
  }
}
