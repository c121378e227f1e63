import type { Context } from "aws-lambda";
import { createBackup } from "../../src/lambda/backup.ts";
import { createReplicate } from "../../src/lambda/replicate.ts";
import type { StreamHandler } from "../../src/lambda/stream-handler.ts";
import { dynamoDbEndpoint } from "../helpers/dynamodb.ts";
import { s3Credentials, s3Endpoint } from "../helpers/s3.ts";
import { type Change, eventOf, placeOf } from "./events.ts";

export const MINUTE = 60_000;
/** How long a busy machine may keep a process from running. */
export const STANDSTILL_MS = 2_000;

// What the functions say of themselves is tested elsewhere.
process.env.POWERTOOLS_LOG_LEVEL = "SILENT";
process.env.POWERTOOLS_METRICS_DISABLED = "true";

/** What Lambda hands a function, which has so much time from now on. */
export function contextWith(remainingMs = MINUTE): Context {
  const end = performance.now() + remainingMs;
  const nothing = () => {};
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: "replicator",
    functionVersion: "$LATEST",
    invokedFunctionArn: "arn:aws:lambda:us-east-1:123456789012:function:replicator",
    memoryLimitInMB: "512",
    awsRequestId: "8f507cfc-xmpl-4697-b07a-ac58fc914c95",
    logGroupName: "/aws/lambda/replicator",
    logStreamName: "2026/11/20/[$LATEST]58419525dade4d17a495dceeeed44708",
    getRemainingTimeInMillis: () => end - performance.now(),
    done: nothing,
    fail: nothing,
    succeed: nothing,
  };
}

/** Where DynamoDB or S3 is: the real one, or a proxy before it. */
interface Place {
  endpoint?: string;
  /** Further variables. */
  env?: Record<string, string>;
}

export function replicateTo(
  table: string,
  { endpoint = dynamoDbEndpoint(), env = {} }: Place = {},
): StreamHandler {
  return createReplicate({ ReplicaTable: table, ReplicaEndpoint: endpoint, ...env });
}

export function backupTo(bucket: string, { endpoint = s3Endpoint(), env = {} }: Place = {}): StreamHandler {
  return createBackup({
    BackupBucket: bucket,
    BackupPrefix: "backups",
    ...bucketAccess("Backup", endpoint),
    ...env,
  });
}

/** The variables that say where S3 is and who asks. */
export function bucketAccess(prefix: "Backup" | "Snapshot", endpoint = s3Endpoint()): Record<string, string> {
  const { accessKeyId, secretAccessKey } = s3Credentials();
  return {
    [`${prefix}Endpoint`]: endpoint,
    [`${prefix}AccessKeyId`]: accessKeyId,
    [`${prefix}SecretAccessKey`]: secretAccessKey,
  };
}

/** Delivers changes as one batch; the places in the stream of those that are handed back, as answered. */
export async function deliver(
  handler: StreamHandler,
  changes: readonly Change[],
  remainingMs?: number,
): Promise<number[]> {
  return placesIn(await handler(eventOf(changes), contextWith(remainingMs)));
}

export function placesIn(answer: Awaited<ReturnType<StreamHandler>>): number[] {
  return answer.batchItemFailures.map(({ itemIdentifier }) => placeOf(itemIdentifier));
}

/** What the call fails with, as Lambda shows it; it has to be one line. */
export async function failureOf(work: Promise<unknown>): Promise<string> {
  const outcome = await work.then(
    (value) => new TypeError(`it does not fail, but answers ${JSON.stringify(value)}`),
    (error) => error,
  );
  if (outcome?.constructor !== Error) throw outcome;
  if (outcome.message.includes("\n")) throw new TypeError(`more than one line: ${outcome.message}`);
  return outcome.message;
}
