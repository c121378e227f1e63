import { eachSegment } from "../segments.ts";
import type { Table } from "../table/table.ts";
import type { ItemSource } from "./item-source.ts";

const READ_UNIT_BYTES = 4096;

export interface TableSourceOptions {
  table: Table;
  segments: number;
  /** Segments read at the same time. */
  concurrency: number;
  consistent: boolean;
}

/** A table, scanned by segments. */
export function tableSource({ table, segments, concurrency, consistent }: TableSourceOptions): ItemSource {
  const { name, schema, items, bytes } = table.description;
  const readUnits = Math.ceil((bytes / READ_UNIT_BYTES) * (consistent ? 1 : 0.5));
  return {
    kind: "table",
    name,
    key: schema,
    estimate: { items, bytes, readUnits },
    segments,
    asOf: undefined,
    recorded: undefined,
    warning: undefined,
    observe: (observer) => table.observe(observer),
    read: (run, take) =>
      eachSegment({ ...run, concurrency }, async (segment) => {
        for await (const page of table.scan(segment, segments, run.signal)) {
          take(page, undefined);
          run.report({ type: "read", segment, items: page.length });
          await run.gate.passed(run.signal);
        }
      }),
    close: () => table.close(),
  };
}
