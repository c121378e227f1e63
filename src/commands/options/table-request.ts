import { parseTableLocation, type TableLocation } from "../../core/location.ts";
import { paceAlone } from "../../core/pacing/pace-alone.ts";
import { type Cost, type RunPacing, type TableRun, tableLimits } from "../../core/pacing/run-pacing.ts";
import { MOST_SEGMENTS } from "../../core/segments.ts";
import type { S3StoreOptions } from "../../core/store/s3/s3-store.ts";
import { parseStoreLocation, type StoreLocation } from "../../core/store/store-location.ts";
import { openTable, type Table, type TableOptions } from "../../core/table/table.ts";
import { accessOption } from "./access.ts";
import { type CostWords, costOption } from "./cost.ts";
import { numberOption } from "./numbers.ts";
import { type OnTerms, type OnWords, onOptions, refuseOutOfReach } from "./on.ts";
import { patienceOption, refuseS3Only, type StoreWords, storeAccess } from "./store-access.ts";

/** The words of a command that works on one table and one place for backups. */
export interface TableWords extends StoreWords, CostWords, OnWords {
  table: string;
  url: string;
  profile?: string | undefined;
  roleArn?: string | undefined;
  externalId?: string | undefined;
  maxRcu?: string | undefined;
  consistent: boolean;
  segments?: string | undefined;
  concurrency?: string | undefined;
}

/** What they ask for: checked, but nothing looked up yet. */
export interface TableRequest {
  table: TableLocation;
  tableOptions: TableOptions;
  place: StoreLocation;
  storeOptions: S3StoreOptions;
  /** Undefined: by the table's size. */
  segments: number | undefined;
  concurrency: number;
  cost: Cost;
  /** Let a runner do it. */
  on?: OnTerms | undefined;
}

const CONCURRENCY = 4;

/** @throws DdbrError for whatever is wrong or contradicts itself */
export function parseTableRequest(words: TableWords): TableRequest {
  const access = accessOption("--", words.profile, words.roleArn, words.externalId);
  const place = parseStoreLocation(words.url);
  const storeOptions = storeAccess(words, access);
  refuseS3Only(place, storeOptions);
  const table = parseTableLocation(words.table);
  const on = onOptions(words);
  if (on !== undefined) refuseOutOfReach([table, place]);
  return {
    table,
    tableOptions: {
      access,
      consistent: words.consistent,
      maxReadUnits: numberOption("--max-rcu", words.maxRcu, { min: 0, above: true }),
      patienceMs: patienceOption(words.patience),
    },
    place,
    storeOptions,
    segments: numberOption("--segments", words.segments, { min: 1, max: MOST_SEGMENTS, integer: true }),
    concurrency:
      on?.concurrency ??
      numberOption("--concurrency", words.concurrency, { min: 1, max: 256, integer: true }) ??
      CONCURRENCY,
    cost: costOption(words),
    on,
  };
}

/** The pacing of a run on one table that is in this process alone. */
export function paceTableAlone(request: TableRun): RunPacing {
  return paceAlone(tableLimits(request));
}

/** The request, whose table is opened with the run's pacing. */
export function withPacing<Request extends TableRun>(request: Request, pacing: RunPacing): Request {
  return { ...request, tableOptions: { ...request.tableOptions, paces: pacing.paces("table") } };
}

export function openRequestedTable(request: TableRequest, signal: AbortSignal): Promise<Table> {
  return openTable(request.table, { ...request.tableOptions, signal });
}
