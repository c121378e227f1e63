import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CloudWatchClient,
  type Datapoint,
  GetMetricStatisticsCommand,
  ListMetricsCommand,
  type Metric,
} from "@aws-sdk/client-cloudwatch";
import {
  CreateTableCommand,
  DeleteTableCommand,
  DynamoDBClient,
  PutItemCommand,
} from "@aws-sdk/client-dynamodb";
import { runDdbr } from "../test/helpers/cli.ts";
import { uniqueName } from "../test/helpers/environment.ts";
import { aws, REGION } from "./helpers/backup-metrics.ts";

const TABLE = uniqueName("orders");
const ITEMS = 30;
const dynamo = new DynamoDBClient({ endpoint: aws(), region: REGION });
const cloudWatch = new CloudWatchClient({ endpoint: aws(), region: REGION });
const folder = mkdtempSync(join(tmpdir(), "ddbr-backup-"));

beforeAll(async () => {
  await dynamo.send(
    new CreateTableCommand({
      TableName: TABLE,
      KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
      AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
      BillingMode: "PAY_PER_REQUEST",
    }),
  );
  for (let id = 0; id < ITEMS; id++) {
    await dynamo.send(new PutItemCommand({ TableName: TABLE, Item: { id: { S: `${id}` } } }));
  }
});

afterAll(async () => {
  await dynamo.send(new DeleteTableCommand({ TableName: TABLE }));
  dynamo.destroy();
  cloudWatch.destroy();
  rmSync(folder, { recursive: true });
});

/** Both servers are named by the environment, as by a user who has a stand-in for AWS. */
async function backUp(table: string, namespace: string, place = folder) {
  const words = [
    "backup-table",
    `${REGION}/${table}`,
    place,
    "--metric",
    namespace,
    "--json",
    "--patience",
    "1",
  ];
  const env = { AWS_ENDPOINT_URL_DYNAMODB: aws(), AWS_ENDPOINT_URL_CLOUDWATCH: aws(), AWS_REGION: undefined };
  const { code, stdout, stderr } = await runDdbr(words, { env });
  const events = stdout.split("\n").flatMap((line) => (line === "" ? [] : [JSON.parse(line)]));
  return { code, stderr, events };
}

/** What the server has in a namespace, by the metric's name; each is of the table. */
async function stored(namespace: string, table: string): Promise<Record<string, [number, string]>> {
  const { Metrics = [] } = await cloudWatch.send(new ListMetricsCommand({ Namespace: namespace }));
  for (const { Dimensions } of Metrics) expect(Dimensions).toEqual([{ Name: "TableName", Value: table }]);
  const entries = Metrics.map(async (metric) => {
    const [{ Sum, SampleCount, Unit }] = (await datapoints(metric)) as [Required<Datapoint>];
    expect(SampleCount).toBe(1);
    return [metric.MetricName, [Sum, Unit]];
  });
  return Object.fromEntries(await Promise.all(entries));
}

async function datapoints({ Namespace, MetricName, Dimensions }: Metric): Promise<Datapoint[]> {
  const hour = 3_600_000;
  const range = {
    StartTime: new Date(Date.now() - hour),
    EndTime: new Date(Date.now() + hour),
    Period: 7200,
  };
  const wanted = { Namespace, MetricName, Dimensions, ...range, Statistics: ["Sum", "SampleCount"] as const };
  const { Datapoints = [] } = await cloudWatch.send(
    new GetMetricStatisticsCommand({ ...wanted, Statistics: [...wanted.Statistics] }),
  );
  expect(Datapoints.length).toBe(1);
  return Datapoints;
}

test("backup-table --metric delivers the size and the number of records", async () => {
  const namespace = uniqueName("Backups");
  const { code, events } = await backUp(TABLE, namespace);
  expect(code).toBe(0);
  expect(events.filter(({ event }) => event === "warning")).toEqual([]);
  const { totals } = events.at(-1);
  expect(totals).toMatchObject({ written: ITEMS });
  expect(await stored(namespace, TABLE)).toEqual({
    BackupSize: [totals.storedBytes, "Bytes"],
    BackupRecordCount: [ITEMS, "Count"],
  });
});

test.each<[string, string, string]>([
  ["before it begins", `${TABLE}-none`, folder],
  ["in the middle", TABLE, "/proc/nowhere"],
])("backup-table --metric delivers an error when it fails %s", async (_, table, place) => {
  const namespace = uniqueName("Backups");
  const { code } = await backUp(table, namespace, place);
  expect(code).toBe(2);
  expect(await stored(namespace, table)).toEqual({ BackupErrors: [1, "Count"] });
});
