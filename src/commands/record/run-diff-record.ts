import { EXIT } from "../../core/errors.ts";
import { recordsAtOnce } from "../../core/record/batch-size.ts";
import { compareRecords, isEquivalent, type RecordState } from "../../core/record/compare-records.ts";
import type { KeyWords } from "../options/keys.ts";
import { formatCount, plural } from "../output/figures.ts";
import { stopSignals } from "../output/stop-signals.ts";
import { openPrinter, type PrinterFlags } from "./printer.ts";
import { keySource, readKeys } from "./read-keys.ts";
import { tellCompared } from "./show-compared.ts";
import { type RecordSides, watchMemory } from "./sides.ts";

/** `ddbr diff-record` and `incremental-diff-record`, once their words are understood; returns the exit code. */
export async function runDiffRecord(
  open: (signal: AbortSignal) => Promise<RecordSides>,
  words: KeyWords & PrinterFlags,
): Promise<number> {
  const source = keySource(words, process.stdin);
  const printer = await openPrinter(words);
  using stop = stopSignals();
  const sides = await open(stop.signal);
  const { primary, replica, ignored } = sides;
  const counts = new Map<RecordState, number>();
  try {
    const keys = await readKeys(source, primary.description.schema, stop.signal);
    watchMemory(sides);
    const isOne = source.kind === "arguments" && source.texts.length === 1;
    const batches = keys.batches(recordsAtOnce([primary, replica]));
    try {
      for await (const records of compareRecords({
        primary,
        replica,
        batches,
        ignored,
        signal: stop.signal,
      })) {
        for (const record of records) {
          counts.set(record.state, (counts.get(record.state) ?? 0) + 1);
          tellCompared(record, sides, printer, isOne);
        }
      }
    } finally {
      if (!isOne && printer.kind === "lines") printer.line({ text: countsText(counts) });
      keys.close();
    }
  } finally {
    sides.close();
  }
  const equivalent = [...counts.keys()].every(isEquivalent);
  if (printer.kind === "lines") {
    printer.line(
      equivalent ? { text: "equivalent", tone: "good" } : { text: "different", tone: "different" },
    );
  }
  return equivalent ? EXIT.ok : EXIT.discrepancies;
}

function countsText(counts: ReadonlyMap<RecordState, number>): string {
  const all = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const kinds = (["equivalent", "absent", "different", "missing", "extraneous"] as const)
    .filter((state) => counts.has(state))
    .map((state) => `${formatCount(counts.get(state)!)} ${state}`);
  return `${plural(all, "record")}${kinds.length === 0 ? "" : `: ${kinds.join(", ")}`}`;
}
