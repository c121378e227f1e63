import type { Kind } from "./resolve-template.ts";

const CODE = { CodeBucket: "code", CodeKey: "lambda.zip" };
export const STREAM = "arn:aws:dynamodb:us-east-1:123456789012:table/orders/stream/2026-11-20T00:48:05.899";

/** What each template has to be given. */
export const PARAMETERS: Record<Kind, Record<string, string>> = {
  replicator: {
    ...CODE,
    StreamArn: STREAM,
    ReplicaTable: "arn:aws:dynamodb:eu-west-1:123456789012:table/orders",
  },
  backup: { ...CODE, StreamArn: STREAM, BackupBucket: "backups", BackupPrefix: "inc", BackupTable: "orders" },
  snapshot: {
    ...CODE,
    Schedule: "rate(1 day)",
    SourceBucket: "backups",
    SourcePrefix: "inc/orders",
    DestinationBucket: "backups",
    DestinationFolder: "daily",
    DestinationName: "orders.gz",
  },
  runner: { ...CODE, StateBucket: "state" },
};
