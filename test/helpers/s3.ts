import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectsCommand,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  S3Client,
  type S3ClientConfig,
} from "@aws-sdk/client-s3";
import { FetchHttpHandler } from "@smithy/fetch-http-handler";
import { fromTestCommand, uniqueName } from "./environment.ts";

/** Where the tests' S3 is, e.g. `http://127.0.0.1:9000`. */
export function s3Endpoint(): string {
  return fromTestCommand("DDBR_TEST_S3");
}

export function s3Credentials(): { accessKeyId: string; secretAccessKey: string } {
  return {
    accessKeyId: fromTestCommand("DDBR_TEST_S3_ACCESS_KEY"),
    secretAccessKey: fromTestCommand("DDBR_TEST_S3_SECRET_KEY"),
  };
}

/** A client as the SDK makes it. Give an `endpoint` (such as a fault proxy's address) to talk to something else. */
export function s3Client(config: S3ClientConfig = {}): S3Client {
  return new S3Client({
    endpoint: s3Endpoint(),
    region: "us-east-1",
    forcePathStyle: true,
    credentials: s3Credentials(),
    requestHandler: new FetchHttpHandler(),
    ...config,
  });
}

export type TestBucket = {
  name: string;
  client: S3Client;
  /** Removes the bucket with every version and delete marker in it. */
  drop(): Promise<void>;
};

/** Makes an empty bucket of its own for one test, versioned unless asked otherwise. */
export async function createBucket(options: { versioned?: boolean } = {}): Promise<TestBucket> {
  const client = s3Client();
  const name = uniqueName("ddbr");
  await client.send(new CreateBucketCommand({ Bucket: name }));
  if (options.versioned ?? true) {
    await client.send(
      new PutBucketVersioningCommand({ Bucket: name, VersioningConfiguration: { Status: "Enabled" } }),
    );
  }
  return {
    name,
    client,
    drop: async () => {
      await emptyBucket(client, name);
      await client.send(new DeleteBucketCommand({ Bucket: name }));
      client.destroy();
    },
  };
}

/** Runs `body` with a fresh bucket, versioned unless asked otherwise, and drops it whatever happens. */
export async function withBucket<T>(
  body: (bucket: TestBucket) => Promise<T>,
  options: { versioned?: boolean } = {},
): Promise<T> {
  const bucket = await createBucket(options);
  try {
    return await body(bucket);
  } finally {
    await bucket.drop();
  }
}

async function emptyBucket(client: S3Client, bucket: string): Promise<void> {
  for (;;) {
    // Always the first page: deleting it makes the next one the first.
    const page = await client.send(new ListObjectVersionsCommand({ Bucket: bucket, MaxKeys: 1000 }));
    const found = [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])];
    if (found.length === 0) return;
    const objects = found.map(({ Key, VersionId }) => ({ Key, VersionId }));
    await client.send(
      new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects: objects, Quiet: true } }),
    );
  }
}
