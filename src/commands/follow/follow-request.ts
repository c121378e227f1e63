import { createHash } from "node:crypto";
import { resolve } from "node:path";
import { DdbrError } from "../../core/errors.ts";
import type { FollowStart } from "../../core/follow/follow-options.ts";
import { parseTableLocation, type TableLocation } from "../../core/location.ts";
import type { S3StoreOptions } from "../../core/store/s3/s3-options.ts";
import type { AccessOptions } from "../../core/table/access.ts";
import { accessOption } from "../options/access.ts";
import { localFile } from "../options/local-file.ts";
import { momentOption } from "../options/moment.ts";
import { numberOption } from "../options/numbers.ts";
import { patienceOption, refuseS3Only, type StoreWords, storeAccess } from "../options/store-access.ts";
import { type FollowTarget, parseFollowTarget, targetText } from "./follow-target.ts";

/** The words of the command line, as they were typed. */
export interface FollowWords extends StoreWords {
  primary: string;
  target: string;
  start?: string | undefined;
  checkpoint?: string | undefined;
  untilCaughtUp: boolean;
  skipFailed?: string | undefined;
  concurrency?: string | undefined;
  primaryProfile?: string | undefined;
  primaryRoleArn?: string | undefined;
  primaryExternalId?: string | undefined;
  replicaProfile?: string | undefined;
  replicaRoleArn?: string | undefined;
  replicaExternalId?: string | undefined;
}

/** What they ask for: checked, but nothing looked up yet. */
export interface FollowRequest {
  primary: TableLocation;
  primaryAccess: AccessOptions;
  target: FollowTarget;
  replicaAccess: AccessOptions;
  storeOptions: S3StoreOptions;
  start: FollowStart;
  /** Whether it was said where to start. */
  startGiven: boolean;
  checkpoint: string;
  untilCaughtUp: boolean;
  skipFile: string | undefined;
  concurrency: number;
  patienceMs: number;
}

const CONCURRENCY = 8;
const LONGEST_NAME = 150;
const MINUTE_MS = 60_000;

/** @throws DdbrError for whatever is wrong or contradicts itself */
export function parseFollowRequest(words: FollowWords): FollowRequest {
  const primary = parseTableLocation(words.primary);
  const target = parseFollowTarget(words.target);
  refuseOthersOptions(words, target);
  const primaryAccess = accessOption(
    "--primary-",
    words.primaryProfile,
    words.primaryRoleArn,
    words.primaryExternalId,
  );
  const storeOptions = storeAccess(words, primaryAccess);
  if (target.kind === "folder") refuseS3Only(target.place, storeOptions);
  const checkpoint = localFile("--checkpoint", words.checkpoint) ?? defaultCheckpoint(primary, target);
  const skipFile = localFile("--skip-failed", words.skipFailed);
  if (skipFile !== undefined && resolve(skipFile) === resolve(checkpoint)) {
    throw new DdbrError("usage", "--skip-failed and --checkpoint name the same file", {
      hint: "give them different names",
    });
  }
  return {
    primary,
    primaryAccess,
    target,
    replicaAccess: accessOption(
      "--replica-",
      words.replicaProfile,
      words.replicaRoleArn,
      words.replicaExternalId,
    ),
    storeOptions,
    start: startOption(words.start),
    startGiven: words.start !== undefined,
    checkpoint,
    untilCaughtUp: words.untilCaughtUp,
    skipFile,
    concurrency:
      numberOption("--concurrency", words.concurrency, { min: 1, max: 256, integer: true }) ?? CONCURRENCY,
    patienceMs: patienceOption(words.patience),
  };
}

function startOption(text: string | undefined): FollowStart {
  if (text === undefined || text === "trim-horizon" || text === "latest") return text ?? "trim-horizon";
  try {
    // A stream tells when a change was made rounded down: AWS to the second, DynamoDB Local to the minute.
    return { since: Math.floor(momentOption("--start", text)! / MINUTE_MS) * MINUTE_MS };
  } catch (error) {
    throw new DdbrError("usage", (error as DdbrError).message, {
      hint: "give trim-horizon, latest, or a time with its zone, e.g. 2026-11-17T14:03:00Z",
    });
  }
}

const FOLDER_OPTIONS = {
  s3Profile: "--s3-profile",
  s3RoleArn: "--s3-role-arn",
  s3ExternalId: "--s3-external-id",
  s3Endpoint: "--s3-endpoint",
  s3PathStyle: "--s3-path-style",
  bucketOwner: "--expected-bucket-owner",
  sse: "--sse",
  kmsKeyId: "--kms-key-id",
  storageClass: "--storage-class",
} as const;

const REPLICA_OPTIONS = {
  replicaProfile: "--replica-profile",
  replicaRoleArn: "--replica-role-arn",
  replicaExternalId: "--replica-external-id",
} as const;

/** What is said of a bucket must not be taken for said of a table, nor the other way round. */
function refuseOthersOptions(words: FollowWords, { kind }: FollowTarget): void {
  const others: Partial<Record<keyof FollowWords, string>> =
    kind === "replica" ? FOLDER_OPTIONS : REPLICA_OPTIONS;
  for (const [name, option] of Object.entries(others) as [keyof FollowWords, string][]) {
    if (words[name] === undefined) continue;
    const [is, isFor] = kind === "replica" ? ["a table", "S3"] : ["a place for backups", "a replica"];
    throw new DdbrError("usage", `${option} is for ${isFor}, and ${words.target} is ${is}`, {
      hint: "leave it away, or check the second argument",
    });
  }
}

function defaultCheckpoint(primary: TableLocation, target: FollowTarget): string {
  const name = `${plain(primary.text)}-to-${plain(targetText(target))}`;
  return `${name.length <= LONGEST_NAME ? name : shorter(name)}.follow.json`;
}

function plain(text: string): string {
  return text.replace(/[^A-Za-z0-9_.-]+/g, "-").replace(/^[.-]+|-+$/g, "");
}

function shorter(name: string): string {
  const hash = createHash("sha256").update(name).digest("hex").slice(0, 12);
  return `${name.slice(0, LONGEST_NAME - hash.length - 1)}-${hash}`;
}
