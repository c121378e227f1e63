import {
  CreateTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  type StreamViewType,
} from "@aws-sdk/client-dynamodb";
import { GetFunctionCommand, LambdaClient, ListEventSourceMappingsCommand } from "@aws-sdk/client-lambda";
import { CreateBucketCommand, PutBucketVersioningCommand, S3Client } from "@aws-sdk/client-s3";
import { SQSClient } from "@aws-sdk/client-sqs";
import { type CliOptions, runDdbr } from "../../test/helpers/cli.ts";
import { uniqueName } from "../../test/helpers/environment.ts";
import { aws } from "./backup-metrics.ts";
import { startMotoAnswers } from "./moto-answers.ts";

export const HOME = "us-east-1";
export const ELSEWHERE = "eu-west-1";

/** An account of moto's, and the program in it. */
export interface Account {
  lambda: LambdaClient;
  sqs: SQSClient;
  s3: S3Client;
  dynamo: DynamoDBClient;
  /** For code: it keeps no versions. */
  codeBucket: string;
  /** It keeps versions. */
  backupBucket: string;
  env: Record<string, string>;
  createTable(region: string, name: string, view?: StreamViewType): Promise<void>;
  streamOf(table: string): Promise<string | undefined>;
  ddbr(words: string[], options?: CliOptions): Promise<{ code: number; stdout: string; stderr: string }>;
  /** The function's configuration and its event sources. */
  deployed(name: string): Promise<Deployed>;
  close(): Promise<void>;
}

type Deployed = Awaited<ReturnType<typeof readDeployed>>;

export async function openAccount(): Promise<Account> {
  const answers = await startMotoAnswers(aws());
  const config = { endpoint: aws(), region: HOME };
  const lambda = new LambdaClient(config);
  const sqs = new SQSClient(config);
  const s3 = new S3Client({ ...config, forcePathStyle: true });
  const dynamo = new DynamoDBClient(config);
  const [codeBucket, backupBucket] = [uniqueName("code"), uniqueName("backups")];
  for (const Bucket of [codeBucket, backupBucket]) await s3.send(new CreateBucketCommand({ Bucket }));
  const VersioningConfiguration = { Status: "Enabled" } as const;
  await s3.send(new PutBucketVersioningCommand({ Bucket: backupBucket, VersioningConfiguration }));
  const env = { AWS_ENDPOINT_URL: answers.url };
  return {
    lambda,
    sqs,
    s3,
    dynamo,
    codeBucket,
    backupBucket,
    env,
    createTable,
    async streamOf(TableName) {
      const { Table } = await dynamo.send(new DescribeTableCommand({ TableName }));
      return Table!.StreamSpecification?.StreamEnabled ? Table!.LatestStreamArn : undefined;
    },
    ddbr: (words, options = {}) => runDdbr(words, { ...options, env }),
    deployed: (name) => readDeployed(lambda, name),
    async close() {
      for (const client of [lambda, sqs, s3, dynamo]) client.destroy();
      await answers.close();
    },
  };
}

async function createTable(region: string, TableName: string, view?: StreamViewType): Promise<void> {
  const client = new DynamoDBClient({ endpoint: aws(), region });
  await client.send(
    new CreateTableCommand({
      TableName,
      KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
      AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
      BillingMode: "PAY_PER_REQUEST",
      ...(view && { StreamSpecification: { StreamEnabled: true, StreamViewType: view } }),
    }),
  );
  client.destroy();
}

async function readDeployed(lambda: LambdaClient, FunctionName: string) {
  const { Configuration, Code } = await lambda.send(new GetFunctionCommand({ FunctionName }));
  const { EventSourceMappings } = await lambda.send(new ListEventSourceMappingsCommand({ FunctionName }));
  return { fn: Configuration!, code: Code!, sources: EventSourceMappings! };
}

/** The events of `--json`. */
export function eventsOf(stdout: string): { event: string; [field: string]: unknown }[] {
  return stdout.split("\n").flatMap((line) => (line === "" ? [] : [JSON.parse(line)]));
}
