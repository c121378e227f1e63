import type { AccessOptions } from "../../table/access.ts";

export interface S3StoreOptions {
  access?: AccessOptions;
  /** Where to ask first; a bucket elsewhere is found from there. */
  region?: string;
  /** A server other than AWS's own. */
  endpoint?: string;
  /** The bucket in the path rather than in the host's name; where it isn't said, so for endpoints that aren't AWS's. */
  pathStyle?: boolean;
  encryption?: { kind: "AES256" } | { kind: "aws:kms"; keyId?: string };
  storageClass?: string;
  /** The account that the bucket must belong to; S3 refuses everything when it belongs to another. */
  expectedBucketOwner?: string;
  /** How long one request is tried again before the run gives up, in milliseconds. */
  patienceMs?: number;
  /** How long a server may say nothing before the request is tried again, in milliseconds. */
  silenceMs?: number;
  /** How often at most, whatever the patience. */
  retries?: number;
  /** Stops the opening. */
  signal?: AbortSignal;
}
