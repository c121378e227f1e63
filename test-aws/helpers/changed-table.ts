import { DeleteItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import {
  DescribeStreamCommand,
  DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
  type _Record as StreamRecord,
} from "@aws-sdk/client-dynamodb-streams";
import { uniqueName } from "../../test/helpers/environment.ts";
import { type Account, HOME } from "./account.ts";
import { aws } from "./backup-metrics.ts";

export type ChangedTable = {
  table: string;
  shard: string;
  stream: string;
  records: StreamRecord[];
};

/** A primary with some changes in its stream, the last of which are of records that came before. */
export async function changedTable(account: Account): Promise<ChangedTable> {
  const TableName = uniqueName("orders");
  await account.createTable(HOME, TableName, "NEW_AND_OLD_IMAGES");
  const put = (id: string, v: number) =>
    account.dynamo.send(new PutItemCommand({ TableName, Item: { id: { S: id }, v: { N: `${v}` } } }));
  await put("a", 1);
  await put("b", 2);
  await put("c", 3);
  await put("a", 4);
  await account.dynamo.send(new DeleteItemCommand({ TableName, Key: { id: { S: "b" } } }));
  const stream = (await account.streamOf(TableName))!;
  const streams = new DynamoDBStreamsClient({ endpoint: aws(), region: HOME });
  const { StreamDescription } = await streams.send(new DescribeStreamCommand({ StreamArn: stream }));
  const shard = StreamDescription!.Shards![0]!.ShardId!;
  const first = { StreamArn: stream, ShardId: shard, ShardIteratorType: "TRIM_HORIZON" } as const;
  const { ShardIterator } = await streams.send(new GetShardIteratorCommand(first));
  const { Records } = await streams.send(new GetRecordsCommand({ ShardIterator }));
  streams.destroy();
  return { table: TableName, shard, stream, records: Records! };
}

/** What {@link changedTable} ends with, by `id`. */
export const REMAINING = [
  { id: { S: "a" }, v: { N: "4" } },
  { id: { S: "c" }, v: { N: "3" } },
];
