import { LOOK_UP_BATCH, READ_UNIT_BYTES } from "./parameters.ts";
import type { TableSize } from "./question.ts";
import { between, type Range } from "./range.ts";
import { scanTerms } from "./scan-pages.ts";
import { scanOfTable } from "./spread.ts";
import { cpuOf, type Part, type Phase, tablePart, unitsOfEach, type WorkOptions } from "./work.ts";

/** Images that are read at once for confirming come to no more than this (src/core/diff/confirm-run.ts). */
const CONFIRM_BYTES = 2 * 1024 * 1024;

/** Two tables compared, both scanned side by side; what differs is read again. */
export function diffWork({ question, shares, costs }: WorkOptions): Phase[] {
  const { table, replica, drift, latencies } = question;
  const scans = [tableScan("primary", table), tableScan("replica", replica)];
  const differing = Math.round(table.items * drift);
  const confirming = (["primary", "replica"] as const).map((end) =>
    lookUpPart(end, differing, table.itemBytes),
  );
  const pages = Math.max(...scans.map(({ requests }) => requests.likely));
  return [
    {
      parts: [...scans, ...(differing === 0 ? [] : confirming)],
      // Both sides of a segment are asked at the same time. Confirming goes on beside.
      waitMs: pages * latencies.page,
      lanes: shares.lanes,
      cpu: { thread: cpuOf(larger(table, replica), costs.comparing), beside: 0 },
    },
  ];

  function tableScan(end: "primary" | "replica", size: TableSize): Part {
    return scanPart(end, size, { question, shares, costs });
  }
}

export function scanPart(end: Part["end"], size: TableSize, { question, shares }: WorkOptions): Part {
  const { consistent, maxReadUnits } = question;
  const { segments, processes, state } = shares;
  const scan = (rate?: number) => scanOfTable(size, segments, scanTerms(size.itemBytes, consistent, rate));
  if (maxReadUnits === undefined) return tablePart(end, "Scan", scan());
  const even = scan(maxReadUnits / processes);
  if (!state) return tablePart(end, "Scan", even);
  // What each worker may consume changes all the time, and with it how large its pages are.
  const [largest, smallest] = [scan(), scan(0)];
  const widened = (figure: "requests" | "readUnits"): Range =>
    between(largest[figure].low, even[figure].likely, smallest[figure].high);
  return tablePart(end, "Scan", { requests: widened("requests"), readUnits: widened("readUnits") });
}

/**
 * Records read again with consistent reads, once each as long as nobody writes to them. How they fall into requests depends on when they are found.
 */
export function lookUpPart(end: Part["end"], items: number, itemBytes: number): Part {
  const batch = Math.max(1, Math.floor(Math.min(LOOK_UP_BATCH, CONFIRM_BYTES / itemBytes)));
  const fewest = Math.ceil(items / batch);
  return tablePart(end, "BatchGetItem", {
    requests: between(fewest, fewest, items),
    readUnits: unitsOfEach(items, itemBytes, READ_UNIT_BYTES),
  });
}

function larger(one: TableSize, other: TableSize): TableSize {
  return one.items * one.itemBytes >= other.items * other.itemBytes ? one : other;
}
