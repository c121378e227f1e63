import { DdbrError, EXIT } from "../../core/errors.ts";
import { escapeForTerminal } from "../../core/escape.ts";
import { carryOutRestore, type RestorePlan } from "../../core/history/restore-version.ts";
import { parseKey } from "../../core/item/key-input.ts";
import { planRecordRestore, type WantedImage } from "../../core/restore/restore-record.ts";
import { openExistingStore } from "../../core/store/open-store.ts";
import { placeIn } from "../../core/store/store-location.ts";
import type { Table } from "../../core/table/table.ts";
import { restorePlanLines } from "../history/restore-lines.ts";
import { momentOption } from "../options/moment.ts";
import {
  openRequestedTable,
  parseTableRequest,
  type TableRequest,
  type TableWords,
} from "../options/table-request.ts";
import { ask } from "../output/ask.ts";
import { stoppable } from "../output/stop-signals.ts";
import { openPrinter, type PrinterFlags } from "../record/printer.ts";
import { tableFacts } from "./restore-facts.ts";
import { wrong } from "./restore-request.ts";
import { mustBeAnswered } from "./show-restore.ts";
import { createRecordPrinter, type RecordPrinter } from "./show-restored-record.ts";

export interface RestoreRecordWords extends TableWords {
  key: string;
  at?: string | undefined;
  version?: string | undefined;
  dryRun: boolean;
  yes: boolean;
}

interface RestoreRecordRequest extends TableRequest {
  keyText: string;
  wanted: WantedImage;
  dryRun: boolean;
  yes: boolean;
}

/** @throws DdbrError for whatever is wrong or contradicts itself */
export function parseRestoreRecord(words: RestoreRecordWords): RestoreRecordRequest {
  const { key: keyText, dryRun, yes } = words;
  return { ...parseTableRequest(words), keyText, wanted: wantedImage(words), dryRun, yes };
}

function wantedImage({ at, version }: RestoreRecordWords): WantedImage {
  if (at !== undefined && version !== undefined) {
    throw wrong("--at contradicts --version", "give one of them");
  }
  if (at !== undefined) return { at: momentOption("--at", at)! };
  if (version === undefined) {
    throw wrong(
      "neither --at nor --version is given",
      "say what the record is to be: as of which moment, or which version",
    );
  }
  if (version === "") throw wrong("--version is empty", "record-history --json shows the ids");
  return { version };
}

/** `ddbr restore-record`, its words understood; returns the exit code. */
export async function runRestoreRecord(request: RestoreRecordRequest, flags: PrinterFlags): Promise<number> {
  const { dryRun, yes } = request;
  mustBeAnswered(request, "plain");
  const printer = await openPrinter(flags);
  const { table, plan, version, place } = await stoppable((signal) => open(request, signal));
  const shown = createRecordPrinter(printer, { plan, version, schema: table.description.schema });
  const places = { table: request.table.text, backup: place, at: request.wanted.at };
  try {
    shown.plan(places);
    if (dryRun || plan.action === "nothing") {
      shown.end(dryRun ? "planned" : "nothing");
      return EXIT.ok;
    }
    // Where events are printed, the record was not shown.
    const changes = printer.kind === "json" ? restorePlanLines(request.table.text, plan) : [];
    if (!yes && !(await isAgreed(table, plan, changes))) {
      throw new DdbrError("interrupted", "nothing was written");
    }
    return await stoppable((signal) => carryOut(request, table, plan, shown, signal));
  } finally {
    table.close();
  }
}

async function open(request: RestoreRecordRequest, signal: AbortSignal) {
  const { place, storeOptions, wanted, keyText } = request;
  const table = await openRequestedTable(request, signal);
  try {
    const { schema } = table.description;
    const key = parseKey(keyText, schema);
    const folder = await openExistingStore(placeIn(place, request.table.name), storeOptions, signal);
    try {
      const restore = await planRecordRestore(table, folder, key, schema, wanted, signal);
      return { table, ...restore, place: folder.location.text };
    } finally {
      folder.close();
    }
  } catch (error) {
    table.close();
    throw error;
  }
}

/** @param changes what is to change, where that has not been shown */
function isAgreed(table: Table, { action }: RestorePlan, changes: readonly string[]): Promise<boolean> {
  const places = tableFacts(table).map(({ label, text }) => `${label.padEnd(7)}${text}`);
  const deleted = action === "delete" ? ["The record will be DELETED, as it was not there then."] : [];
  const lines = [...changes, ...places, ...deleted].map(escapeForTerminal);
  return ask(lines, `Write to ${escapeForTerminal(table.location.text)}?`);
}

async function carryOut(
  { storeOptions }: RestoreRecordRequest,
  table: Table,
  plan: RestorePlan,
  shown: RecordPrinter,
  signal: AbortSignal,
): Promise<number> {
  const outcome = await carryOutRestore(table, plan, storeOptions.patienceMs ?? 0, signal);
  shown.end(outcome);
  return outcome.done === "restored" ? EXIT.ok : EXIT.discrepancies;
}
