import { randomUUID } from "node:crypto";
import { rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { KeySchema as CoreSchema, WireItem } from "../../../src/core/item/attribute-value.ts";
import { parseTableLocation } from "../../../src/core/location.ts";
import { KeyList } from "../../../src/core/record/key-list.ts";
import { parseCondition } from "../../../src/core/restore/condition.ts";
import type { RestoreEvent, RestoreSummary } from "../../../src/core/restore/restore-events.ts";
import type { RestoreSource, SourceRecord } from "../../../src/core/restore/restore-source.ts";
import { type RestoreTableOptions, restoreTable } from "../../../src/core/restore/restore-table.ts";
import { openTable } from "../../../src/core/table/table.ts";

/** A place for one undo file, which is gone afterwards. */
export function undoPath(): { path: string } & Disposable {
  const path = join(tmpdir(), `ddbr-undo-${randomUUID()}.ndjson`);
  return { path, [Symbol.dispose]: () => rmSync(path, { force: true }) };
}

/** A source that says what it is told: the sources themselves have tests of their own. */
export function sourceOf(
  records: readonly SourceRecord[],
  kind: RestoreSource["kind"] = "file",
): RestoreSource {
  return {
    kind,
    name: "given",
    asOf: undefined,
    items: records.length,
    bytes: 0,
    schema: undefined,
    description: undefined,
    observe() {},
    async *records() {
      for (let from = 0; from < records.length; from += 100) yield records.slice(from, from + 100);
    },
    close() {},
  };
}

export const items = (...list: WireItem[]): SourceRecord[] => list.map((item) => ({ item }));

export interface Ran {
  summary: RestoreSummary;
  events: RestoreEvent[];
}

type Given = Partial<Omit<RestoreTableOptions, "selection" | "report">> & {
  source: RestoreSource;
  undoFile: string;
  where?: string[];
  keys?: WireItem[];
  partition?: WireItem[string];
  /** Sees each event as it comes. */
  on?: (event: RestoreEvent) => void;
};

/** Restores into the table at a location, as the program does, but with the options given. */
export async function restoreInto(location: string, given: Given): Promise<Ran> {
  const { where = [], keys, partition, on, ...options } = given;
  const table = await openTable(parseTableLocation(location));
  const schema: CoreSchema = table.description.schema;
  const list = keys && new KeyList(schema);
  for (const key of keys ?? []) list!.add(key);
  const events: RestoreEvent[] = [];
  try {
    const summary = await restoreTable({
      target: { table, description: table.description },
      mode: "merge",
      selection: { keys: list, partition, where: where.map((text) => parseCondition("--where", text)) },
      segments: 4,
      concurrency: 2,
      dryRun: false,
      resume: false,
      patienceMs: 10_000,
      signal: new AbortController().signal,
      agree: async () => true,
      report(event) {
        events.push(event);
        on?.(event);
      },
      ...options,
    });
    return { summary, events };
  } finally {
    table.close();
    list?.close();
  }
}
