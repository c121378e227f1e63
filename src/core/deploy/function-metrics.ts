import { CloudWatchClient, GetMetricStatisticsCommand } from "@aws-sdk/client-cloudwatch";
import { answerOf } from "./aws-failure.ts";
import { type AwsPlace, awsClient } from "./aws-place.ts";

/** What CloudWatch knows of the last hour; metrics come some minutes late. */
export interface FunctionMetrics {
  calls: number;
  /** Calls that threw. */
  errors: number;
  throttles: number;
  /** How far the function was behind the table at most, in the latest five minutes that are known; undefined: not known. */
  lagMs: number | undefined;
}

const HOUR_MS = 3_600_000;
const PERIOD_SECONDS = 300;

export async function readFunctionMetrics(
  place: AwsPlace,
  name: string,
  abortSignal: AbortSignal,
): Promise<FunctionMetrics> {
  const client = new CloudWatchClient(await awsClient(place, "cloudwatch"));
  const now = Date.now();

  async function values(MetricName: string, statistic: "Sum" | "Maximum"): Promise<number[]> {
    const command = new GetMetricStatisticsCommand({
      Namespace: "AWS/Lambda",
      MetricName,
      Dimensions: [{ Name: "FunctionName", Value: name }],
      StartTime: new Date(now - HOUR_MS),
      EndTime: new Date(now),
      Period: PERIOD_SECONDS,
      Statistics: [statistic],
    });
    const { Datapoints = [] } = await answerOf(
      client.send(command, { abortSignal }),
      { service: "CloudWatch", operation: "GetMetricStatistics", subject: `function ${name}` },
      abortSignal,
    );
    return Datapoints.toSorted((a, b) => a.Timestamp!.getTime() - b.Timestamp!.getTime()).map(
      (point) => point[statistic] ?? 0,
    );
  }

  const sum = async (metric: string) => (await values(metric, "Sum")).reduce((a, b) => a + b, 0);
  try {
    const [calls, errors, throttles, lags] = await Promise.all([
      sum("Invocations"),
      sum("Errors"),
      sum("Throttles"),
      values("IteratorAge", "Maximum"),
    ]);
    return { calls, errors, throttles, lagMs: lags.at(-1) };
  } finally {
    client.destroy();
  }
}
