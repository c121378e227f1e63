import type { DiffEvent, DiffSummary } from "../../src/core/diff/diff-events.ts";
import { type DiffOptions, diffTables } from "../../src/core/diff/diff-tables.ts";
import type { Discrepancy } from "../../src/core/diff/discrepancy.ts";
import { ignoredAttributes } from "../../src/core/item/ignored.ts";
import { parseTableLocation } from "../../src/core/location.ts";
import { chooseSegments } from "../../src/core/segments.ts";
import { openTable, type Table } from "../../src/core/table/table.ts";
import type { Drift } from "./orders.ts";

export type DiffResult = {
  summary: DiffSummary;
  events: DiffEvent[];
  discrepancies: Discrepancy[];
  /** The discrepancies by their `id`, in the order found. */
  found: Drift[];
};

export type DiffSettings = Partial<Omit<DiffOptions, "primary" | "replica">> & {
  /** Puts something in the way of a side, e.g. one that shuffles. */
  wrap?: (table: Table, side: "primary" | "replica") => Table;
};

/** Runs the comparison in this process on two locations, and keeps what it reported. */
export async function runDiff(
  primary: string,
  replica: string,
  settings: DiffSettings = {},
): Promise<DiffResult> {
  const { wrap = (table: Table) => table, ...options } = settings;
  const events: DiffEvent[] = [];
  const discrepancies: Discrepancy[] = [];
  const patienceMs = options.patienceMs ?? 20_000;
  const open = (location: string) =>
    openTable(parseTableLocation(location), { patienceMs, consistent: options.consistent ?? false });
  const [p, r] = [await open(primary), await open(replica)];
  const segments = options.segments ?? 8;
  try {
    const summary = await diffTables({
      mode: "check",
      dryRun: false,
      segments,
      chosen: chooseSegments(segments, undefined, undefined),
      concurrency: 4,
      consistent: false,
      settleMs: 300,
      waitingBytes: 32 * 1024 * 1024,
      patienceMs,
      ignored: ignoredAttributes([], false),
      signal: new AbortController().signal,
      ...options,
      primary: wrap(p, "primary"),
      replica: wrap(r, "replica"),
      report(event) {
        events.push(event);
        if (event.type === "discrepancy") discrepancies.push(event.discrepancy);
        options.report?.(event);
      },
    });
    const found = discrepancies.map(({ kind, key }) => ({
      kind,
      id: (key.id as { S: string } | undefined)?.S ?? "",
    }));
    return { summary, events, discrepancies, found };
  } finally {
    p.close();
    r.close();
  }
}
