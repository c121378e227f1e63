import { DescribeTableCommand, UpdateTableCommand } from "@aws-sdk/client-dynamodb";
import {
  DescribeStreamCommand,
  DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
  type _Record as StreamRecord,
} from "@aws-sdk/client-dynamodb-streams";
import { dynamoDbEndpoint } from "./dynamodb.ts";
import type { TestTable } from "./table.ts";

/** Switches the table's stream on: from now on every write to it can be read back with {@link writesTo}. */
export async function recordWrites({ client, name }: TestTable): Promise<void> {
  const StreamSpecification = { StreamEnabled: true, StreamViewType: "NEW_AND_OLD_IMAGES" } as const;
  await client.send(new UpdateTableCommand({ TableName: name, StreamSpecification }));
}

/** Every write that changed the table since its stream was switched on, in order for each key. */
export async function writesTo({ client, name }: TestTable): Promise<StreamRecord[]> {
  const { Table } = await client.send(new DescribeTableCommand({ TableName: name }));
  const StreamArn = Table!.LatestStreamArn!;
  const streams = new DynamoDBStreamsClient({
    endpoint: dynamoDbEndpoint(),
    region: "us-east-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
  });
  const { StreamDescription } = await streams.send(new DescribeStreamCommand({ StreamArn }));
  const records: StreamRecord[] = [];
  for (const { ShardId } of StreamDescription!.Shards!) {
    const first = { StreamArn, ShardId, ShardIteratorType: "TRIM_HORIZON" } as const;
    let { ShardIterator } = await streams.send(new GetShardIteratorCommand(first));
    while (ShardIterator) {
      const page = await streams.send(new GetRecordsCommand({ ShardIterator }));
      records.push(...(page.Records ?? []));
      // An open shard never ends: an empty page means that all there is has been read.
      ShardIterator = page.Records?.length ? page.NextShardIterator : undefined;
    }
  }
  streams.destroy();
  return records;
}
