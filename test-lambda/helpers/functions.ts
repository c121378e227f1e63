import { dynamoDbEndpoint } from "../../test/helpers/dynamodb.ts";
import { s3Credentials, s3Endpoint } from "../../test/helpers/s3.ts";
import type { TestTable } from "../../test/helpers/table.ts";

/** The variables of `replicate`. @param endpoint another way to the server, such as a fault proxy */
export function replicateVariables({ name }: TestTable, endpoint = dynamoDbEndpoint()) {
  return { ReplicaTable: name, ReplicaRegion: "us-east-1", ReplicaEndpoint: endpoint };
}

/** The variables of `backup`. */
export function backupVariables(bucket: string, endpoint = s3Endpoint()) {
  return {
    BackupBucket: bucket,
    BackupPrefix: "backups",
    BackupRegion: "us-east-1",
    ...s3Variables("Backup", endpoint),
  };
}

/** The variables of `snapshot`, of what `backup` has written. */
export function snapshotVariables(bucket: string, table: string, file: string) {
  return {
    SnapshotSource: `s3://${bucket}/backups/${table}`,
    SnapshotDestination: `s3://${bucket}/${file}`,
    SnapshotRegion: "us-east-1",
    ...s3Variables("Snapshot", s3Endpoint()),
  };
}

/** The variables of `segment` and `collect`. */
export function stateVariables() {
  return { StateRegion: "us-east-1", ...s3Variables("State", s3Endpoint()) };
}

function s3Variables(prefix: string, endpoint: string): Record<string, string> {
  const { accessKeyId, secretAccessKey } = s3Credentials();
  return {
    [`${prefix}Endpoint`]: endpoint,
    [`${prefix}AccessKeyId`]: accessKeyId,
    [`${prefix}SecretAccessKey`]: secretAccessKey,
  };
}
