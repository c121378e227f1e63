import { scanPart } from "./diff-work.ts";
import { listingPages } from "./listing.ts";
import { PART_BYTES } from "./parameters.ts";
import { between, exactly, sumOf, timesOf } from "./range.ts";
import { cpuOf, type Part, type Phase, s3Part, type WorkOptions } from "./work.ts";

/** For a segment's file one after the other, beside its parts: what was left is listed, two withdrawals look at receipt and manifest, it is completed, its receipt put. */
const IN_TURN = 7;
/** Of these, for an earlier run's receipt and manifest. */
const LOOKS_BEFORE_RECEIPT = 4;
/** All receipts are read before the manifest is written, and once more after that. */
const LOOKS = 2;
const RECEIPTS_AT_ONCE = 16;
/** As JSON, and not compressed at all, items take no more than this many times their size. */
const LARGEST_STORED = 3;

/** A table scanned into one file a segment. */
export function backupWork(options: WorkOptions): Phase[] {
  const { question, shares, costs } = options;
  const { table, latencies, onS3 } = question;
  const { segments, lanes } = shares;
  const scan = scanPart("table", table, options);
  const scanning: Phase = {
    parts: [scan, ...(onS3 ? bucketParts(options) : [])],
    waitMs: scan.requests.likely * latencies.page + (onS3 ? segments * IN_TURN * latencies.object : 0),
    lanes,
    cpu: { thread: cpuOf(table, costs.dumping), beside: cpuOf(table, costs.compressing) },
  };
  const concluding: Phase = {
    parts: [],
    waitMs: LOOKS * segments * latencies.object,
    lanes: RECEIPTS_AT_ONCE,
    cpu: { thread: 0, beside: 0 },
  };
  return onS3 ? [scanning, concluding] : [scanning];
}

function bucketParts({ question: { table, storedRatio }, shares: { segments } }: WorkOptions): Part[] {
  const bytes = (table.items * table.itemBytes) / segments;
  const forFile = (ratio: number) => {
    const parts = Math.ceil((bytes * ratio) / PART_BYTES);
    // A file of one part is put at once; one of several is begun, completed, and looked after for leftovers once more.
    return parts <= 1 ? { put: 2, list: 1 } : { put: parts + 3, list: 2 };
  };
  const [least, likely, most] = [forFile(0), forFile(storedRatio), forFile(LARGEST_STORED)];
  const puts = between(least.put, likely.put, most.put);
  const lists = timesOf(between(least.list, likely.list, most.list), segments);
  // Beside the segments' there is the manifest: looked for, and put.
  return [
    s3Part("backup", "PUT", "put", sumOf([timesOf(puts, segments), exactly(1)])),
    s3Part("backup", "LIST", "put", sumOf([lists, timesOf(listingPages(2 * segments), LOOKS)])),
    s3Part("backup", "GET", "get", exactly(segments * (LOOKS_BEFORE_RECEIPT + LOOKS) + 1)),
  ];
}
