import type { StoreLocation } from "../store-location.ts";
import { resolveBucket, type S3Bucket } from "./s3-client.ts";
import { s3Failure } from "./s3-failure.ts";
import type { S3StoreOptions } from "./s3-options.ts";
import type { S3Refusal } from "./s3-refusal.ts";
import type { S3Requests } from "./s3-requests.ts";
import { NotS3, parseXml } from "./s3-xml.ts";

/** Opening comes first, while somebody waits to hear of a wrong address. */
const OPENING_PATIENCE_MS = 2_000;

/** What S3 answers where the bucket is in another region than the one asked. */
const ELSEWHERE = [
  "PermanentRedirect",
  "TemporaryRedirect",
  "AuthorizationHeaderMalformed",
  "IllegalLocationConstraintException",
];
/** Who may only write can do without listing. What then is not allowed shows when it is done. */
const ALLOWED_LITTLE = "AccessDenied";

export interface OpenBucket {
  bucket: S3Bucket;
  requests: S3Requests;
}

/**
 * Finds the bucket, in whatever region it is. Asks by listing, not with HeadBucket: answers to HEAD don't say what is wrong,
 * and a user may be allowed to list only under the prefix.
 */
export async function openBucket(
  location: StoreLocation & { kind: "s3" },
  options: S3StoreOptions,
  requestsOf: (bucket: S3Bucket) => S3Requests,
): Promise<OpenBucket> {
  const opened = await resolve(location, options, requestsOf);
  const refusal = await probe(opened, location, options, ELSEWHERE);
  const { region } = refusal ?? {};
  if (region === undefined || region === opened.bucket.region) {
    // Asked again, for what S3 says to become an error.
    if (refusal !== undefined && refusal.code !== ALLOWED_LITTLE) await probe(opened, location, options, []);
    return opened;
  }
  opened.bucket.close();
  const moved = await resolve(location, { ...options, region }, requestsOf);
  await probe(moved, location, options, []);
  return moved;
}

async function resolve(
  location: StoreLocation & { kind: "s3" },
  options: S3StoreOptions,
  requestsOf: (bucket: S3Bucket) => S3Requests,
): Promise<OpenBucket> {
  try {
    const bucket = await resolveBucket(location.bucket, options);
    return { bucket, requests: requestsOf(bucket) };
  } catch (error) {
    const { bucket, prefix, text: subject } = location;
    throw s3Failure(error, {
      operation: "open",
      key: undefined,
      version: false,
      bucket,
      prefix,
      region: "",
      subject,
    });
  }
}

async function probe(
  { requests }: OpenBucket,
  { prefix }: StoreLocation & { kind: "s3" },
  { patienceMs, signal }: S3StoreOptions,
  elsewhere: string[],
): Promise<S3Refusal | undefined> {
  const query = { "list-type": "2", "max-keys": "1", prefix: prefix === "" ? "" : `${prefix}/` };
  const answer = await requests.send(
    {
      operation: "ListObjectsV2",
      method: "GET",
      query,
      expected: [...elsewhere, ALLOWED_LITTLE],
      patienceMs: Math.min(patienceMs ?? OPENING_PATIENCE_MS, OPENING_PATIENCE_MS),
      check({ body }) {
        if (parseXml(body, "ListBucketResult") === undefined) throw new NotS3("no list of objects");
      },
    },
    signal,
  );
  return answer.refusal;
}
