import { DdbrError } from "../../errors.ts";
import { parseTableLocation, type TableLocation } from "../../location.ts";
import type { S3StoreOptions } from "../../store/s3/s3-options.ts";
import { parseStoreLocation, type S3Location } from "../../store/store-location.ts";
import type { DeployedFunction } from "../function-client.ts";

/** What a function writes to, as its variables say (docs/lambda.md). */
export type DeployedTarget =
  | { kind: "replica"; location: TableLocation }
  | { kind: "folder"; place: S3Location; table: string; options: S3StoreOptions };

/** @param streamed the name of the table whose stream it is. @throws DdbrError where it is no function of ours */
export function targetOf({ name, variables }: DeployedFunction, streamed: string): DeployedTarget {
  const { ReplicaTable, BackupBucket } = variables;
  if (ReplicaTable) return { kind: "replica", location: replicaOf(ReplicaTable, variables) };
  if (BackupBucket) return folderOf(BackupBucket, variables, streamed);
  throw new DdbrError("usage", "has neither ReplicaTable nor BackupBucket", {
    subject: `function ${name}`,
    hint: "name a replicator or a backup",
  });
}

type Variables = Readonly<Record<string, string>>;

function replicaOf(table: string, { ReplicaRegion, ReplicaEndpoint }: Variables): TableLocation {
  if (table.startsWith("arn:")) {
    const location = parseTableLocation(table);
    return ReplicaEndpoint ? { ...location, endpoint: ReplicaEndpoint } : location;
  }
  if (!ReplicaEndpoint) return parseTableLocation(`${ReplicaRegion}/${table}`);
  return {
    ...parseTableLocation(`${ReplicaEndpoint.replace(/\/+$/, "")}/${table}`),
    ...(ReplicaRegion && { region: ReplicaRegion }),
  };
}

function folderOf(bucket: string, variables: Variables, streamed: string): DeployedTarget {
  const prefix = (variables.BackupPrefix ?? "").replace(/^\/+|\/+$/g, "");
  const place = parseStoreLocation(`s3://${bucket}${prefix === "" ? "" : `/${prefix}`}`) as S3Location;
  const { BackupTable, BackupRegion, BackupEndpoint, BackupEncryptionKey, BackupStorageClass } = variables;
  const { BackupBucketOwner } = variables;
  return {
    kind: "folder",
    place,
    table: BackupTable || streamed,
    options: {
      ...(BackupRegion && { region: BackupRegion }),
      ...(BackupEndpoint && { endpoint: BackupEndpoint }),
      ...(BackupEncryptionKey && { encryption: { kind: "aws:kms" as const, keyId: BackupEncryptionKey } }),
      ...(BackupStorageClass && { storageClass: BackupStorageClass }),
      ...(BackupBucketOwner && { expectedBucketOwner: BackupBucketOwner }),
    },
  };
}
