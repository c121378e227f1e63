import type { Latencies } from "./question.ts";

/*
 * What the model is made of, each with its source; docs/scale.md ("Estimates") shows them as a table. AWS's documents are named by their titles,
 * as they read in November 2026; prices are of us-east-1.
 */

// How DynamoDB counts. Amazon DynamoDB Developer Guide, "DynamoDB read and write operations".

/** A page of a scan ends with the item that reaches this size. */
export const PAGE_BYTES = 1024 * 1024;
export const READ_UNIT_BYTES = 4096;
export const WRITE_UNIT_BYTES = 1024;
/** Keys of a BatchGetItem, and items of a BatchWriteItem. */
export const LOOK_UP_BATCH = 100;
export const WRITE_BATCH = 25;

// What DynamoDB allows.

/** A partition's bytes ("Guidelines for Working with Tables" of earlier editions), and units a second ("Understanding DynamoDB warm throughput in different scenarios"). */
export const PARTITION = { bytes: 10 * 1024 ** 3, readUnits: 3000, writeUnits: 1000 };
/** A new table that is paid by request takes 12,000 read units and 4,000 write units a second: that of so many partitions (the same page). */
export const FEWEST_PARTITIONS = 4;
/** Units a second of a table, unless a higher quota was asked for. "Quotas in Amazon DynamoDB". */
export const TABLE_QUOTA = { readUnits: 40_000, writeUnits: 40_000 };

// What S3 allows.

/** Requests a second under one prefix, before S3 has split it. Amazon S3 User Guide, "Best Practices Design Patterns: Optimizing Amazon S3 Performance". */
export const PREFIX_RATE = { put: 3500, get: 5500 };
/** Keys of a listing's page. */
export const LISTING_PAGE = 1000;
/** Parts that this program uploads and reads large objects in (src/core/store/s3/s3-parts.ts, s3-read.ts); dearer ones come with the thousandth. */
export const PART_BYTES = 8 * 1024 * 1024;

// What the engines allow.

/** Jobs of an array, which are a run's workers. "AWS Batch service quotas". */
export const BATCH_ARRAY = 10_000;
/** Jobs that Fargate starts a second. Amazon ECS Developer Guide, "AWS Fargate throttling quotas". */
export const FARGATE_STARTS = 20;
/** Calls at the same time in an account, unless a higher quota was asked for; a call's seconds; the memory that has one processor. "Lambda quotas", "Configure Lambda function memory". */
export const LAMBDA = { concurrency: 1000, seconds: 900, memoryMb: 1769 };
/** "Step Functions service quotas": children of a map at the same time, standard ones begun a second, events of an execution, bytes of its input. */
export const STEP_FUNCTIONS = {
  children: 10_000,
  startsASecond: 100,
  events: 25_000,
  inputBytes: 256 * 1024,
};
/** Events and state transitions of a segment's own execution, for each call and beside them (src/core/deploy/template/runner-machine.ts). */
export const SEGMENT_EXECUTION = {
  events: { call: 7, beside: 4 },
  transitions: { call: 2, beside: 2 },
};
/** Seconds before its end a call saves and ends (docs/lambda.md). */
export const CALL_MARGIN_SECONDS = 60;

// Prices, dollars.

/** "Amazon S3 pricing", S3 Standard: a thousand requests, and a GB and month. */
export const S3_PRICES = { put: 0.005 / 1000, get: 0.0004 / 1000, gbMonth: 0.023 };
/** "AWS Fargate pricing", Linux on x86: hours. Spare capacity (Fargate Spot, which deploy/batch.yaml takes) is cheaper, by how much changes. */
export const FARGATE_PRICES = { cpuHour: 0.04048, gbHour: 0.004445 };
/** Processors and GB of a job (deploy/batch.yaml). */
export const JOB_SIZE = { cpus: 1, gb: 2 };
/** "AWS Lambda pricing", arm64: a GB for a second, and a request. */
export const LAMBDA_PRICES = { gbSecond: 0.0000133334, request: 0.2 / 1_000_000 };
/** "AWS Step Functions pricing", standard workflows: a state transition. */
export const TRANSITION_PRICE = 0.025 / 1000;

// Measured on this program.

/** Processor time, microseconds: for an item, and for each 1,000 bytes of items. */
export interface CpuCost {
  item: number;
  kb: number;
}

/**
 * What the commands cost a processor (Xeon at 2.6 GHz, two of them, November 2026), of orders with and without a long text (bench/estimate.ts). Small values
 * cost more than long ones of the same bytes. A process has one thread that does all but compressing; what its other threads do is in it.
 */
export const MEASURED: Costs = {
  comparing: { item: 4, kb: 43 },
  dumping: { item: 3, kb: 37 },
  compressing: { item: 0.4, kb: 20 },
  reading: { item: 17, kb: 48 },
  object: { item: 344, kb: 60 },
  writing: { item: 442, kb: 52 },
  filling: { item: 83, kb: 24 },
  start: 0.2,
};

/** Verifying a restore takes this share of reading: the source is not read again. */
export const VERIFYING_SHARE = 0.5;

export interface Costs {
  /** A pair of equal items, by diff-tables. */
  comparing: CpuCost;
  /** An item, by backup-table; and in the threads beside that compress it (gzip). */
  dumping: CpuCost;
  compressing: CpuCost;
  /** An item of a source and the table's, joined and compared, by restore-table. */
  reading: CpuCost;
  /** An item and its object on S3, by incremental-diff. */
  object: CpuCost;
  /** An item written on a condition, and one written by batches, by restore-table. */
  writing: CpuCost;
  filling: CpuCost;
  /** Seconds from starting the program to its first request. */
  start: number;
}

/** Bytes stored of a dump for each byte of items, by gzip: of orders with text (bench/estimate.ts). It depends on the data. */
export const STORED_RATIO = 0.2;

// Assumed: nothing here was measured on AWS.

/**
 * Milliseconds. Single items: "single-digit millisecond" by Amazon DynamoDB's Developer Guide ("What is Amazon DynamoDB?"); objects: "in the tens of
 * milliseconds" by "Best Practices Design Patterns: Optimizing Amazon S3 Performance"; pages: assumed.
 */
export const LATENCIES: Latencies = { page: 100, object: 50, item: 10 };

/** Seconds from a job's turn to its first request (Batch on Fargate), and of a call of a function that is new (bench/lambda.ts: 0.2). */
export const STARTS = { job: 60, call: 0.5 };

/** Requests that a segment's state takes: it is looked for, taken, looked at once more, and done (src/core/state). */
export const STATE_REQUESTS = { put: 2, list: 2, get: 1 };
/** While a segment is worked on its lease is renewed after so many seconds, a third of it (src/commands/options/job.ts, src/lambda/segment-call.ts). */
export const RENEWALS = { job: 10, call: 20 };
/** Changes, and bytes of them, that a restore of many workers writes down before it does them (src/core/job/plan-chunk.ts). */
export const RESTORE_CHUNK = { changes: 500, bytes: 1024 * 1024 };
/** A run with a limit of units takes a PUT and a listing of each worker in so many seconds (docs/scale.md, "Pacing"). */
export const HEARTBEAT_SECONDS = 5;
