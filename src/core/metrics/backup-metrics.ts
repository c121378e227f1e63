import { CloudWatchClient, type MetricDatum, PutMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import { FetchHttpHandler } from "@smithy/fetch-http-handler";
import { type AccessOptions, clientAccess } from "../table/access.ts";
import { untilStopped } from "../until-stopped.ts";
import { metricsFailure, noRegion, notInTime } from "./metrics-failure.ts";

export interface BackupMetrics {
  namespace: string;
  /** Where the metrics go; else the region of the profile or the environment. */
  region?: string;
  /** The table's name, for the dimension `TableName`. */
  table: string;
  access?: AccessOptions;
  /** A server to use instead of AWS's; else what AWS_ENDPOINT_URL_CLOUDWATCH or the profile names. */
  endpoint?: string;
  /** What was backed up (bytes as they were stored), or that it failed. */
  outcome: { bytes: number; records: number } | "failed";
  signal?: AbortSignal;
}

/** In all, repeated attempts included: nobody waits long for a metric. */
const PATIENCE_MS = 10_000;
/** Leaves time for a second attempt. */
const ATTEMPT_MS = 4_000;

/**
 * Sends the metrics of one backup to CloudWatch: `BackupSize` and `BackupRecordCount`, or `BackupErrors` of 1.
 * Resolves when they are there. Throws a DdbrError when they are not after ten seconds, and the signal's reason when
 * that is raised. A metric is no part of a backup: to the caller that error is a warning.
 */
export async function sendBackupMetrics(metrics: BackupMetrics): Promise<void> {
  const deadline = AbortSignal.timeout(PATIENCE_MS);
  const stop = metrics.signal ? AbortSignal.any([metrics.signal, deadline]) : deadline;
  try {
    // The SDK does not look at a signal while it looks for credentials, which may take minutes.
    await untilStopped(send(metrics, stop), stop);
  } catch (error) {
    if (metrics.signal?.aborted) throw metrics.signal.reason;
    throw deadline.aborted ? notInTime(error, subjectOf(metrics)) : metricsFailure(error, subjectOf(metrics));
  }
}

async function send(metrics: BackupMetrics, abortSignal: AbortSignal): Promise<void> {
  const { namespace, region, endpoint, access = {} } = metrics;
  const place = {
    ...(region === undefined ? {} : { region }),
    ...(endpoint === undefined ? {} : { endpoint }),
  };
  const client = new CloudWatchClient({
    ...(await clientAccess(place, access, "cloudwatch")),
    requestHandler: new FetchHttpHandler({ requestTimeout: ATTEMPT_MS }),
  });
  try {
    await client.config.region().catch((error: unknown) => {
      throw noRegion(error, subjectOf(metrics));
    });
    const command = new PutMetricDataCommand({ Namespace: namespace, MetricData: metricData(metrics) });
    await client.send(command, { abortSignal });
  } finally {
    client.destroy();
  }
}

function metricData({ outcome, table }: BackupMetrics): MetricDatum[] {
  const Dimensions = [{ Name: "TableName", Value: table }];
  if (outcome === "failed") return [{ MetricName: "BackupErrors", Unit: "Count", Value: 1, Dimensions }];
  return [
    { MetricName: "BackupSize", Unit: "Bytes", Value: outcome.bytes, Dimensions },
    { MetricName: "BackupRecordCount", Unit: "Count", Value: outcome.records, Dimensions },
  ];
}

/** As people name it to `--metric`. */
function subjectOf({ region, namespace, table }: BackupMetrics): string {
  return `metrics ${[region, namespace, table].filter((part) => part !== undefined).join("/")}`;
}
