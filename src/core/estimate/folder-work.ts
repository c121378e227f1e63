import { lookUpPart, scanPart } from "./diff-work.ts";
import { listingPages } from "./listing.ts";
import { exactly } from "./range.ts";
import { cpuOf, type Phase, s3Part, type WorkOptions } from "./work.ts";

/** Objects that a process reads at the same time, unless --reads says otherwise. */
const READS = 64;

/** A table scanned, and of each item its object read; then the names of all objects listed. */
export function folderWork(options: WorkOptions): Phase[] {
  const { question, shares, costs } = options;
  const { table, drift, latencies, onS3 } = question;
  const { lanes, processes } = shares;
  const scan = scanPart("table", table, options);
  const differing = Math.round(table.items * drift);
  const reads = table.items + differing;
  const names = listingPages(table.items);
  const readsOfLane = Math.max(1, Math.floor((READS * processes) / lanes));
  const objects = [s3Part("backup", "GET", "get", exactly(reads)), s3Part("backup", "LIST", "put", names)];
  return [
    {
      parts: [
        scan,
        ...(differing === 0 ? [] : [lookUpPart("table", differing, table.itemBytes)]),
        ...(onS3 ? objects : []),
      ],
      waitMs: scan.requests.likely * latencies.page + (onS3 ? (reads / readsOfLane) * latencies.object : 0),
      lanes,
      cpu: { thread: cpuOf(table, costs.object), beside: 0 },
    },
    {
      parts: [],
      waitMs: onS3 ? names.likely * latencies.object : 0,
      lanes: LISTINGS_AT_ONCE,
      cpu: { thread: 0, beside: 0 },
    },
  ];
}

/** Ranges of a listing that are read at the same time (src/core/store/s3/s3-listing.ts). */
const LISTINGS_AT_ONCE = 8;
