import { PARTITIONS } from "../diff/partitioned-spool.ts";
import { DEFAULT_BUCKETS } from "../fingerprint/bucket-table.ts";
import { Fingerprinter } from "../fingerprint/fingerprinter.ts";
import type { KeySchema } from "../item/attribute-value.ts";
import { keyFromString } from "../item/key-string.ts";
import { itemSize } from "../item/size.ts";
import { DigestSpool } from "../restore/image-spool.ts";
import { readTable, type TableScan } from "../restore/read-table.ts";
import type { RestoreRun } from "../restore/restore-run.ts";
import type { Table } from "../table/table.ts";
import type { LiveDifferences } from "./drill-result.ts";

/** What a scan of a whole table came to. */
export interface ScannedTable extends Disposable {
  fingerprint: Fingerprinter;
  /** As DynamoDB counts them. */
  bytes: number;
  /** Where it was asked for: each record's digest, on disk. */
  digests: DigestSpool | undefined;
}

const EXAMPLES = 5;

/** Reads all of a table. @param keep whether its records are to be compared with those of another */
export async function scanTable(
  table: Table,
  schema: KeySchema,
  scan: TableScan,
  keep: boolean,
  run: RestoreRun,
): Promise<ScannedTable> {
  const fingerprint = new Fingerprinter(schema, DEFAULT_BUCKETS);
  const digests = keep ? new DigestSpool(schema) : undefined;
  let bytes = 0;
  try {
    await readTable(table, { where: [] }, scan, run, (page) => {
      for (const item of page) {
        fingerprint.add(item);
        digests?.add(item, true);
        bytes += itemSize(item);
      }
    });
  } catch (error) {
    digests?.close();
    throw error;
  }
  return { fingerprint, bytes, digests, [Symbol.dispose]: () => digests?.close() };
}

/** By how many records two tables differ, both scanned with their digests. */
export function countDifferences(
  restored: ScannedTable,
  live: ScannedTable,
  schema: KeySchema,
  signal: AbortSignal,
): LiveDifferences {
  const found: LiveDifferences = { onlyRestored: 0, different: 0, onlyLive: 0, examples: [] };
  const count = (kind: "onlyRestored" | "different" | "onlyLive", key: string) => {
    found[kind]++;
    if (found.examples.length < EXAMPLES) found.examples.push(keyFromString(key, schema));
  };
  for (let partition = 0; partition < PARTITIONS; partition++) {
    signal.throwIfAborted();
    const inLive = live.digests!.partition(partition);
    for (const [key, { digest }] of restored.digests!.partition(partition)) {
      const there = inLive.get(key);
      inLive.delete(key);
      if (there === undefined) count("onlyRestored", key);
      else if (there.digest !== digest) count("different", key);
    }
    for (const key of inLive.keys()) count("onlyLive", key);
  }
  return found;
}
