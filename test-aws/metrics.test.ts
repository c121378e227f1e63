import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import {
  CloudWatchClient,
  type Datapoint,
  GetMetricStatisticsCommand,
  ListMetricsCommand,
  type Metric,
} from "@aws-sdk/client-cloudwatch";
import { sendBackupMetrics } from "../src/core/metrics/backup-metrics.ts";
import { aws, DONE, metrics, REGION, throughProxy } from "./helpers/backup-metrics.ts";
import { withConfig, withVariables } from "./helpers/variables.ts";

let cloudWatch: CloudWatchClient;
beforeAll(() => {
  cloudWatch = new CloudWatchClient({ endpoint: aws(), region: REGION });
});
afterAll(() => cloudWatch.destroy());

/** What the server has in a namespace, by the metric's name. */
async function stored(namespace: string): Promise<Record<string, Omit<Datapoint, "Timestamp">[]>> {
  const { Metrics = [] } = await cloudWatch.send(new ListMetricsCommand({ Namespace: namespace }));
  const entries = await Promise.all(Metrics.map(async (metric) => [metric.MetricName, await values(metric)]));
  return Object.fromEntries(entries);
}

async function values({ Namespace, MetricName, Dimensions }: Metric): Promise<object[]> {
  expect(Dimensions).toEqual([{ Name: "TableName", Value: "orders" }]);
  const hour = 3_600_000;
  const { Datapoints = [] } = await cloudWatch.send(
    new GetMetricStatisticsCommand({
      ...{ Namespace, MetricName, Dimensions },
      ...{ StartTime: new Date(Date.now() - hour), EndTime: new Date(Date.now() + hour), Period: 7200 },
      Statistics: ["Sum", "SampleCount"],
    }),
  );
  return Datapoints.map(({ Timestamp, ...value }) => value);
}

describe("the metrics of a backup", () => {
  test("are its size and count, by table", async () => {
    const sent = metrics();
    await sendBackupMetrics(sent);
    expect(await stored(sent.namespace)).toEqual({
      BackupSize: [{ SampleCount: 1, Sum: DONE.bytes, Unit: "Bytes" }],
      BackupRecordCount: [{ SampleCount: 1, Sum: DONE.records, Unit: "Count" }],
    });
  });

  test("are zeros for an empty table", async () => {
    const sent = metrics({ outcome: { bytes: 0, records: 0 } });
    await sendBackupMetrics(sent);
    expect(await stored(sent.namespace)).toEqual({
      BackupSize: [{ SampleCount: 1, Sum: 0, Unit: "Bytes" }],
      BackupRecordCount: [{ SampleCount: 1, Sum: 0, Unit: "Count" }],
    });
  });

  test("are one error when it failed", async () => {
    const sent = metrics({ outcome: "failed" });
    await sendBackupMetrics(sent);
    expect(await stored(sent.namespace)).toEqual({
      BackupErrors: [{ SampleCount: 1, Sum: 1, Unit: "Count" }],
    });
  });

  test("go to the server and region of the environment", async () => {
    const { endpoint, region, ...sent } = metrics();
    await withVariables({ AWS_ENDPOINT_URL_CLOUDWATCH: aws(), AWS_REGION: REGION }, () =>
      sendBackupMetrics(sent),
    );
    expect(Object.keys(await stored(sent.namespace))).toEqual(["BackupSize", "BackupRecordCount"]);
  });

  test("go where a profile says, with its credentials", async () => {
    const config =
      `[profile backups]\nregion = ${REGION}\nservices = here\naws_access_key_id = a\naws_secret_access_key = b\n` +
      `[services here]\ncloudwatch =\n  endpoint_url = ${aws()}\ndynamodb =\n  endpoint_url = http://127.0.0.1:1\n`;
    const { endpoint, region, ...sent } = metrics({ access: { profile: "backups" } });
    await withConfig(config, () => sendBackupMetrics(sent), {
      AWS_REGION: undefined,
      AWS_ACCESS_KEY_ID: undefined,
    });
    expect(Object.keys(await stored(sent.namespace))).toHaveLength(2);
  });

  test.each([
    { kind: "server-error", status: 500 },
    { kind: "throttle", code: "ThrottlingException" },
    { kind: "reset-before" },
  ] as const)("arrive though the first attempt fails: %o", async (fault) => {
    const sent = metrics();
    await throughProxy({ rules: [{ operations: ["PutMetricData"], nth: 1, fault }] }, (endpoint) =>
      sendBackupMetrics({ ...sent, endpoint }),
    );
    expect(Object.keys(await stored(sent.namespace))).toHaveLength(2);
  });
});
