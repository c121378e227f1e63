import { DdbrError, EXIT } from "../../core/errors.ts";
import { escapeForTerminal } from "../../core/escape.ts";
import { openHistory, type RecordHistory } from "../../core/history/record-history.ts";
import type { KeySchema, KeyType, WireKey } from "../../core/item/attribute-value.ts";
import { humanJson } from "../../core/item/human.ts";
import { schemaFromKey } from "../../core/item/key-from-json.ts";
import { parseKey } from "../../core/item/key-input.ts";
import type { ObjectStore } from "../../core/store/object-store.ts";
import { openExistingStore } from "../../core/store/open-store.ts";
import { placeIn } from "../../core/store/store-location.ts";
import type { Table } from "../../core/table/table.ts";
import {
  openRequestedTable,
  parseTableRequest,
  type TableRequest,
  type TableWords,
} from "../options/table-request.ts";
import type { OutputMode } from "../output/mode.ts";
import { stopSignals } from "../output/stop-signals.ts";
import { browseHistory } from "./browse-history.ts";
import { printHistory } from "./print-history.ts";

export interface HistoryWords extends TableWords {
  key: string;
  keyType?: string[] | undefined;
}

interface HistoryRequest extends TableRequest {
  keyText: string;
  keyTypes: ReadonlyMap<string, KeyType>;
}

/** @throws DdbrError for whatever is wrong or contradicts itself */
export function parseHistoryRequest(words: HistoryWords): HistoryRequest {
  return {
    ...parseTableRequest(words),
    keyText: words.key,
    keyTypes: new Map((words.keyType ?? []).map(keyTypeOption)),
  };
}

function keyTypeOption(text: string): [string, KeyType] {
  const [, name, type] = /^(.+)=([SNB])$/s.exec(text) ?? [];
  if (name !== undefined) return [name, type as KeyType];
  throw new DdbrError("usage", `--key-type is ${JSON.stringify(text)}`, {
    hint: "it looks like id=N; S, N and B are types",
  });
}

/** `ddbr record-history`, its words understood; returns the exit code. */
export async function runRecordHistory(request: HistoryRequest, mode: OutputMode): Promise<number> {
  const opened = await open(request);
  const { table, store, history } = opened;
  try {
    if (history.versions.length === 0) {
      const place = escapeForTerminal(store.location.text);
      process.stderr.write(
        `ddbr: ${humanJson(history.key)} was never in ${place} (the table's name is appended to the place)\n`,
      );
      return EXIT.discrepancies;
    }
    if (mode === "dashboard")
      return await browseHistory(request.table.text, opened, request.storeOptions.patienceMs ?? 0);
    return await printHistory(history, mode === "json");
  } finally {
    table?.close();
    store.close();
  }
}

export interface OpenedHistory {
  /** Absent when the table is gone. */
  table: Table | undefined;
  store: ObjectStore;
  history: RecordHistory;
}

async function open(request: HistoryRequest): Promise<OpenedHistory> {
  using stop = stopSignals();
  const { signal } = stop;
  const table = await openRequestedTable(request, signal).catch((error) => {
    if (error instanceof DdbrError && error.code === "no-such-table") return undefined;
    throw error;
  });
  const { key, schema } = keyOf(request, table);
  const store = await openExistingStore(
    placeIn(request.place, request.table.name),
    request.storeOptions,
    signal,
  );
  return { table, store, history: await openHistory(store, key, schema, signal) };
}

function keyOf(
  { keyText, keyTypes }: HistoryRequest,
  table: Table | undefined,
): { key: WireKey; schema: KeySchema } {
  const schema = table?.description.schema ?? schemaFromKey(keyText, keyTypes);
  const other = schema.find(({ name, type }) => (keyTypes.get(name) ?? type) !== type);
  if (other !== undefined) {
    throw new DdbrError(
      "usage",
      `--key-type ${other.name}=${keyTypes.get(other.name)}: in the table it is ${other.type}`,
      {
        hint: "leave it away: the table says the types",
      },
    );
  }
  return { key: parseKey(keyText, schema), schema };
}
