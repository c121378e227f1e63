import { Logger } from "@aws-lambda-powertools/logger";
import { Metrics, MetricUnit } from "@aws-lambda-powertools/metrics";
import type { Context } from "aws-lambda";

const NAMESPACE = "ddbr";

/** What a function says of itself: log lines as JSON, and metrics in CloudWatch's embedded format. Never what an item holds. */
export interface Telemetry {
  logger: Logger;
  metrics: Metrics;
}

/** @param service the function's kind, a dimension of its metrics */
export function openTelemetry(
  service: "replicate" | "backup" | "snapshot" | "segment" | "collect",
): Telemetry {
  const serviceName = `ddbr-${service}`;
  return {
    logger: new Logger({ serviceName }),
    metrics: new Metrics({
      namespace: process.env.POWERTOOLS_METRICS_NAMESPACE || NAMESPACE,
      serviceName,
    }),
  };
}

/** Counts by CloudWatch's units; those of value `undefined` are left out. */
export interface Figures {
  count: Record<string, number>;
  milliseconds?: Record<string, number | undefined>;
  bytes?: Record<string, number>;
}

/** Publishes the metrics of one call. @param table the table that is read or backed up, where that is known */
export function publish({ metrics }: Telemetry, table = "unknown", figures: Figures): void {
  metrics.addDimension("TableName", table);
  const units = [
    [figures.count, MetricUnit.Count],
    [figures.milliseconds ?? {}, MetricUnit.Milliseconds],
    [figures.bytes ?? {}, MetricUnit.Bytes],
  ] as const;
  for (const [values, unit] of units) {
    for (const [name, value] of Object.entries(values)) {
      if (value !== undefined) metrics.addMetric(name, unit, value);
    }
  }
  metrics.publishStoredMetrics();
}

/** Every line of a call names the function and the request. */
export function begin({ logger }: Telemetry, context: Context): void {
  logger.addContext(context);
}
