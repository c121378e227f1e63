import { DdbrError } from "../../core/errors.ts";
import { parseTableLocation, TABLE_FORMS, type TableLocation } from "../../core/location.ts";
import { MOST_SEGMENTS } from "../../core/segments.ts";
import type { S3StoreOptions } from "../../core/store/s3/s3-store.ts";
import { parseStoreLocation, STORE_FORMS, type StoreLocation } from "../../core/store/store-location.ts";
import type { TableOptions } from "../../core/table/table.ts";
import { accessOption } from "../options/access.ts";
import { momentOption } from "../options/moment.ts";
import { numberOption } from "../options/numbers.ts";
import { patienceOption, type StoreWords, storeAccess } from "../options/store-access.ts";

/** The words of a command that reads items from anywhere. */
export interface SourceWords extends StoreWords {
  profile?: string | undefined;
  roleArn?: string | undefined;
  externalId?: string | undefined;
  maxRcu?: string | undefined;
  consistent: boolean;
  segments?: string | undefined;
  concurrency?: string | undefined;
  reads?: string | undefined;
  at?: string | undefined;
}

export type SourcePlace =
  | { table: TableLocation; store?: undefined }
  | { store: StoreLocation; table?: undefined };

/** How sources are read, wherever they are. */
export interface SourceOptions {
  tableOptions: TableOptions;
  storeOptions: S3StoreOptions;
  /** Undefined: by the table's size. */
  segments: number | undefined;
  concurrency: number;
  reads: number;
  at: number | undefined;
}

const CONCURRENCY = 4;
const READS = 64;

/** @throws DdbrError for whatever is wrong or contradicts itself */
export function parseSourceOptions(words: SourceWords): SourceOptions {
  const access = accessOption("--", words.profile, words.roleArn, words.externalId);
  const count = (option: string, text: string | undefined, max: number) =>
    numberOption(option, text, { min: 1, max, integer: true });
  return {
    tableOptions: {
      access,
      consistent: words.consistent,
      maxReadUnits: numberOption("--max-rcu", words.maxRcu, { min: 0, above: true }),
      patienceMs: patienceOption(words.patience),
    },
    storeOptions: storeAccess(words, access),
    segments: count("--segments", words.segments, MOST_SEGMENTS),
    concurrency: count("--concurrency", words.concurrency, 256) ?? CONCURRENCY,
    reads: count("--reads", words.reads, 1024) ?? READS,
    at: momentOption("--at", words.at),
  };
}

/** A table, or a place for backups: what is both by its form, such as `backups/orders`, is a place where such a folder is. @throws DdbrError `location` */
export function parseSource(text: string): SourcePlace {
  if (/^(s3|file):\/\/|^[./]/i.test(text)) return { store: parseStoreLocation(text) };
  const table = unlessWrong(() => parseTableLocation(text));
  if (table !== undefined) return { table };
  const store = unlessWrong(() => parseStoreLocation(text));
  if (store !== undefined) return { store };
  throw new DdbrError("location", "is neither a table nor a place for backups", {
    subject: JSON.stringify(text),
    hint: `${TABLE_FORMS}; ${STORE_FORMS}`,
  });
}

function unlessWrong<Result>(parse: () => Result): Result | undefined {
  try {
    return parse();
  } catch (error) {
    if (error instanceof DdbrError) return undefined;
    throw error;
  }
}
