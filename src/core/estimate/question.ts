import type { UnitPrices } from "../restore/prices.ts";

export const ESTIMATED_COMMANDS = [
  "diff-tables",
  "backup-table",
  "incremental-diff",
  "restore-table",
] as const;

export type EstimatedCommand = (typeof ESTIMATED_COMMANDS)[number];

export interface TableSize {
  items: number;
  /** As DynamoDB counts them, on average. */
  itemBytes: number;
  /** Items may share their partition key, so they don't fall into segments one by one. */
  clustered: boolean;
}

/** How long an answer takes to come, milliseconds. */
export interface Latencies {
  /** A page of a scan, 1 MB. */
  page: number;
  /** A small object of S3, read or written. */
  object: number;
  /** A small batch of DynamoDB: an item written, a hundred looked up. */
  item: number;
}

/** What is to be estimated. */
export interface Question {
  command: EstimatedCommand;
  /** Of `diff-tables` the primary, of `restore-table` the table as it is to become. */
  table: TableSize;
  /** Of `diff-tables`. */
  replica: TableSize;
  /** Undefined: by the table's size and the engine. */
  segments: number | undefined;
  /** Segments that one machine does at the same time. */
  concurrency: number;
  /** Jobs or functions at the same time. Undefined: as many as the table has room for. */
  workers: number | undefined;
  /** Of the table. Undefined: by its size. */
  partitions: number | undefined;
  /** Units a second of the whole run on each table. */
  maxReadUnits: number | undefined;
  maxWriteUnits: number | undefined;
  consistent: boolean;
  /** The share of the records that differ; of `restore-table` those that are absent, and have to be written. */
  drift: number;
  /** Of `restore-table`: the table is made. */
  create: boolean;
  /** The backup is on S3: its requests are counted and paid for. */
  onS3: boolean;
  /** Bytes stored of a dump for each byte of items. */
  storedRatio: number;
  prices: UnitPrices;
  latencies: Latencies;
}
