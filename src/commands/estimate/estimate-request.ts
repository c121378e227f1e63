import { DdbrError } from "../../core/errors.ts";
import { LATENCIES, STORED_RATIO } from "../../core/estimate/parameters.ts";
import { ESTIMATED_COMMANDS, type EstimatedCommand, type Question } from "../../core/estimate/question.ts";
import { parseTableLocation, type TableLocation } from "../../core/location.ts";
import { MOST_SEGMENTS } from "../../core/segments.ts";
import { parseStoreLocation } from "../../core/store/store-location.ts";
import type { AccessOptions } from "../../core/table/access.ts";
import { accessOption } from "../options/access.ts";
import { type PriceWords, pricesOption } from "../options/cost.ts";
import { numberOption } from "../options/numbers.ts";

export interface EstimateWords extends PriceWords {
  command: string;
  places: string[];
  items?: string | undefined;
  itemSize?: string | undefined;
  drift?: string | undefined;
  create: boolean;
  segments?: string | undefined;
  concurrency?: string | undefined;
  workers?: string | undefined;
  partitions?: string | undefined;
  maxRcu?: string | undefined;
  maxWcu?: string | undefined;
  consistent: boolean;
  storedRatio?: string | undefined;
  pageMs?: string | undefined;
  objectMs?: string | undefined;
  itemMs?: string | undefined;
  profile?: string | undefined;
  roleArn?: string | undefined;
  externalId?: string | undefined;
  replicaProfile?: string | undefined;
  replicaRoleArn?: string | undefined;
  replicaExternalId?: string | undefined;
  json: boolean;
}

/** A table to be described. */
export interface NamedTable {
  location: TableLocation;
  access: AccessOptions;
}

/** What they ask for: checked, but nothing looked up yet. */
export interface EstimateRequest {
  question: Omit<Question, "table" | "replica" | "onS3">;
  /** The size that was given, or what tells it: one table, or a primary and its replica. */
  size: { items: number; itemBytes: number } | NamedTable[];
  onS3: boolean;
  json: boolean;
}

/** What each command's places are. */
const PLACES: Record<EstimatedCommand, readonly ("table" | "place")[]> = {
  "diff-tables": ["table", "table"],
  "backup-table": ["table", "place"],
  "incremental-diff": ["table", "place"],
  "restore-table": ["place", "table"],
};

/** DynamoDB's own limit. */
const LARGEST_ITEM = 400 * 1024;
const CONCURRENCY = 4;
const MOST_WORKERS = 10_000;

/** @throws DdbrError for whatever is wrong or contradicts itself */
export function parseEstimate(words: EstimateWords): EstimateRequest {
  const command = ESTIMATED_COMMANDS.find((one) => one === words.command);
  if (command === undefined) {
    const known = `${ESTIMATED_COMMANDS.slice(0, -1).join(", ")} or ${ESTIMATED_COMMANDS.at(-1)}`;
    throw wrong(`${JSON.stringify(words.command)} is nothing that can be estimated`, `give ${known}`);
  }
  if (words.create && command !== "restore-table") {
    throw wrong(`--create contradicts ${command}`, "only restore-table makes a table");
  }
  const whole = { min: 1, integer: true };
  const above = { min: 0, above: true };
  return {
    question: {
      command,
      segments: numberOption("--segments", words.segments, { ...whole, max: MOST_SEGMENTS }),
      concurrency: numberOption("--concurrency", words.concurrency, { ...whole, max: 256 }) ?? CONCURRENCY,
      workers: numberOption("--workers", words.workers, { ...whole, max: MOST_WORKERS }),
      partitions: numberOption("--partitions", words.partitions, whole),
      maxReadUnits: numberOption("--max-rcu", words.maxRcu, above),
      maxWriteUnits: numberOption("--max-wcu", words.maxWcu, above),
      consistent: words.consistent,
      drift:
        numberOption("--drift", words.drift, { min: 0, max: 1 }) ?? (command === "restore-table" ? 1 : 0),
      create: words.create,
      storedRatio: numberOption("--stored-ratio", words.storedRatio, above) ?? STORED_RATIO,
      prices: pricesOption(words),
      latencies: {
        page: numberOption("--page-ms", words.pageMs, above) ?? LATENCIES.page,
        object: numberOption("--object-ms", words.objectMs, above) ?? LATENCIES.object,
        item: numberOption("--item-ms", words.itemMs, above) ?? LATENCIES.item,
      },
    },
    ...(words.places.length === 0 ? givenSize(words, command) : namedPlaces(words, command)),
    json: words.json,
  };
}

function givenSize(words: EstimateWords, command: EstimatedCommand): Pick<EstimateRequest, "size" | "onS3"> {
  const items = numberOption("--items", words.items, { min: 1, max: 1e15, integer: true });
  const itemBytes = numberOption("--item-size", words.itemSize, { min: 1, max: LARGEST_ITEM });
  if (items === undefined || itemBytes === undefined) {
    throw wrong(
      `the size of the table is not known${items === undefined && itemBytes === undefined ? "" : " wholly"}`,
      `give --items and --item-size, or ${placesText(command)}`,
    );
  }
  return { size: { items, itemBytes }, onS3: command !== "diff-tables" };
}

function namedPlaces(
  words: EstimateWords,
  command: EstimatedCommand,
): Pick<EstimateRequest, "size" | "onS3"> {
  const { places, items, itemSize } = words;
  const kinds = PLACES[command];
  if (items !== undefined || itemSize !== undefined) {
    throw wrong(
      `--${items === undefined ? "item-size" : "items"} contradicts ${JSON.stringify(places[0])}`,
      "name what is to be described, or give a size",
    );
  }
  if (places.length !== kinds.length) {
    throw wrong(
      `${command} takes ${placesText(command)}, not ${places.length} words`,
      "give them as to the command itself",
    );
  }
  const access = accessOption("--", words.profile, words.roleArn, words.externalId);
  const own = accessOption("--replica-", words.replicaProfile, words.replicaRoleArn, words.replicaExternalId);
  const tables: NamedTable[] = [];
  let onS3 = false;
  for (const [index, place] of places.entries()) {
    if (kinds[index] === "place") onS3 = parseStoreLocation(place).kind === "s3";
    else {
      const isReplica = tables.length === 1;
      const replicaAccess = Object.keys(own).length > 0 ? own : access;
      tables.push({ location: parseTableLocation(place), access: isReplica ? replicaAccess : access });
    }
  }
  return { size: tables, onS3 };
}

function placesText(command: EstimatedCommand): string {
  const texts: Record<EstimatedCommand, string> = {
    "diff-tables": "a primary and a replica",
    "backup-table": "a table and a place for the backup",
    "incremental-diff": "a table and the place of its backup",
    "restore-table": "a source and a table",
  };
  return texts[command];
}

function wrong(message: string, hint: string): DdbrError {
  return new DdbrError("usage", message, { hint });
}
