import { crc32 } from "node:zlib";
import { compareImages, type Discrepancy } from "../diff/discrepancy.ts";
import { PARTITIONS, PartitionedSpool } from "../diff/partitioned-spool.ts";
import { type KeySchema, keyOf, type WireItem } from "../item/attribute-value.ts";
import { keyString } from "../item/key-string.ts";
import type { BucketCount, BucketTable } from "./bucket-table.ts";
import type { Fingerprint } from "./fingerprint.ts";
import { Fingerprinter, NOT_FINGERPRINTED } from "./fingerprinter.ts";
import type { ItemSource, WantedBuckets } from "./item-source.ts";
import { type ReadControls, readSource } from "./read-source.ts";

/** One of the two that are compared, its items at hand. */
export interface DiffSide {
  source: ItemSource;
  /** What it was when its fingerprint was taken. */
  fingerprint: Fingerprint;
}

export interface BucketDiff extends ReadControls {
  a: DiffSide;
  b: DiffSide;
  key: KeySchema;
  /** How many buckets the coarser fingerprint has, and which of them differ. */
  buckets: BucketCount;
  differing: readonly number[];
  /** `a` counts as the primary. */
  found(discrepancy: Discrepancy): void;
}

/** What came of reading one side. */
export interface SideRead {
  /** Items in the buckets read. */
  items: number;
  /** Of these buckets: those that are not any more what the fingerprint says. */
  changed: number;
}

/**
 * Reads the items in the differing buckets of both sides and tells what sets them apart. Items are on disk in between, so memory
 * does not grow with them. Nothing is read twice: what is written meanwhile may show, or not.
 */
export async function diffBuckets(diff: BucketDiff): Promise<{ a: SideRead; b: SideRead }> {
  const a = await readSide(diff, diff.a);
  try {
    const b = await readSide(diff, diff.b);
    try {
      for (let partition = 0; partition < PARTITIONS; partition++) {
        diff.signal.throwIfAborted();
        join(a.items.lines(partition), b.items.lines(partition), diff);
      }
      return { a: a.told, b: b.told };
    } finally {
      b.items.close();
    }
  } finally {
    a.items.close();
  }
}

interface ReadItems {
  items: PartitionedSpool;
  told: SideRead;
}

async function readSide(diff: BucketDiff, side: DiffSide): Promise<ReadItems> {
  const { buckets, differing, key } = diff;
  const digits = Math.log2(buckets) / 4;
  const names = new Set(differing.map((bucket) => bucket.toString(16).padStart(digits, "0")));
  const read = await readBuckets(diff, side, { digits, names });
  // Older tools have named records by the key with its attributes the other way round: such names are in other buckets.
  if (side.source.kind !== "folder" || key.length === 1 || read.told.changed === 0) return read;
  read.items.close();
  return await readBuckets(diff, side, undefined);
}

async function readBuckets(
  diff: BucketDiff,
  { source, fingerprint }: DiffSide,
  wanted: WantedBuckets | undefined,
): Promise<ReadItems> {
  const { key, buckets, differing } = diff;
  const isWanted = new Set(differing);
  const made = new Fingerprinter(key, buckets);
  const items = new PartitionedSpool();
  const take = (item: WireItem) => {
    if (!isWanted.has(made.bucketOf(item))) return;
    made.add(item);
    const text = keyString(item, key);
    items.add(crc32(text) % PARTITIONS, JSON.stringify([text, item]));
  };
  try {
    await readSource(source, diff, (page) => page.forEach(take), wanted);
  } catch (error) {
    items.close();
    throw error;
  }
  const changed = changedSince(fingerprint.table.foldedTo(buckets), made.table, differing);
  return { items, told: { items: made.table.items, changed } };
}

function changedSince(recorded: BucketTable, now: BucketTable, read: readonly number[]): number {
  return read.filter((bucket) => !recorded.equalIn(bucket, now)).length;
}

/** Of a key that comes several times the last counts, as where a file is read in. */
function join(ours: string[], theirs: string[], { key, found }: BucketDiff): void {
  const images = (lines: string[]) => new Map(lines.map((line) => JSON.parse(line) as [string, WireItem]));
  const waiting = images(theirs);
  const tell = (a: WireItem | undefined, b: WireItem | undefined) => {
    const discrepancy = compareImages(keyOf((a ?? b)!, key), a, b, NOT_FINGERPRINTED);
    if (discrepancy !== undefined) found(discrepancy);
  };
  for (const [text, item] of images(ours)) {
    tell(item, waiting.get(text));
    waiting.delete(text);
  }
  for (const item of waiting.values()) tell(undefined, item);
}
