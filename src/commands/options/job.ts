import { DdbrError } from "../../core/errors.ts";
import type { S3StoreOptions } from "../../core/store/s3/s3-store.ts";
import { parseStoreLocation, type StoreLocation } from "../../core/store/store-location.ts";
import type { AccessOptions } from "../../core/table/access.ts";
import { numberOption } from "./numbers.ts";
import { type StoreWords, storeAccess } from "./store-access.ts";

export interface JobWords {
  state?: string | undefined;
  lease?: string | undefined;
  checkpoint?: string | undefined;
}

/** How a command takes part in a job of many workers. */
export interface JobTerms {
  place: StoreLocation;
  storeOptions: S3StoreOptions;
  leaseMs: number;
  checkpointMs: number;
}

const LEASE_SECONDS = 30;
const CHECKPOINT_SECONDS = 60;

/**
 * Undefined without `--state`.
 * @param tableAccess used for a state on S3 as well where no access of its own is given
 * @throws DdbrError `usage`, `location`
 */
export function jobOption(
  words: JobWords,
  storeWords: StoreWords,
  tableAccess?: AccessOptions,
): JobTerms | undefined {
  const seconds = { min: 1, max: 3600 };
  const lease = numberOption("--lease", words.lease, seconds);
  const checkpoint = numberOption("--checkpoint", words.checkpoint, seconds);
  if (words.state === undefined) {
    const stray = lease === undefined ? (checkpoint === undefined ? undefined : "--checkpoint") : "--lease";
    if (stray === undefined) return undefined;
    throw new DdbrError("usage", `${stray} needs --state`, { hint: "without it nothing is shared or saved" });
  }
  return {
    place: parseStoreLocation(words.state),
    storeOptions: storeAccess(storeWords, tableAccess),
    leaseMs: (lease ?? LEASE_SECONDS) * 1000,
    checkpointMs: (checkpoint ?? CHECKPOINT_SECONDS) * 1000,
  };
}

/** What a worker cannot do for itself. @throws DdbrError `usage` */
export function refuseWithState(
  words: JobWords,
  contradicting: Readonly<Record<string, { given: boolean; hint: string }>>,
): void {
  if (words.state === undefined) return;
  for (const [option, { given, hint }] of Object.entries(contradicting)) {
    if (given) throw new DdbrError("usage", `${option} contradicts --state`, { hint });
  }
}
