import { type AttributeValue, DynamoDBClient, ScanCommand } from "@aws-sdk/client-dynamodb";
import { GetObjectCommand, ListObjectVersionsCommand } from "@aws-sdk/client-s3";
import type { Account } from "./account.ts";
import { aws } from "./backup-metrics.ts";
import type { ChangedTable } from "./changed-table.ts";

/** Every item of a table, by `id`. */
export async function itemsOf(region: string, TableName: string): Promise<Record<string, AttributeValue>[]> {
  const client = new DynamoDBClient({ endpoint: aws(), region });
  const { Items } = await client.send(new ScanCommand({ TableName }));
  client.destroy();
  return Items!.toSorted((one, other) => (one.id!.S! < other.id!.S! ? -1 : 1));
}

/** Every version of a table's backed-up records as `<sequence> <v>`, or `<sequence> deleted`, in order of sequence numbers. */
export async function versionsOf({ s3, backupBucket }: Account, table: string): Promise<string[]> {
  const Bucket = backupBucket;
  const listed = await s3.send(new ListObjectVersionsCommand({ Bucket, Prefix: `inc/${table}/` }));
  const versions = await Promise.all(
    (listed.Versions ?? []).map(async ({ Key, VersionId }) => {
      const { Body, Metadata } = await s3.send(new GetObjectCommand({ Bucket, Key, VersionId }));
      const text = await Body!.transformToString();
      return `${Metadata!["ddbr-sequence"]} ${text === "" ? "deleted" : JSON.parse(text).v.N}`;
    }),
  );
  return versions.sort();
}

/** The same, as the table's stream tells it. */
export function versionsByStream({ records }: ChangedTable): string[] {
  return records.map(
    ({ dynamodb }) => `${dynamodb!.SequenceNumber} ${dynamodb!.NewImage?.v?.N ?? "deleted"}`,
  );
}
