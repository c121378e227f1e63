import { DdbrError, describeError } from "../../core/errors.ts";
import type { TableLocation } from "../../core/location.ts";
import type { AccessOptions } from "../../core/table/access.ts";
import type { TableOptions } from "../../core/table/table.ts";
import type { TransferControls } from "../../core/transfer/run-transfer.ts";
import type { TransferEvent, TransferSummary } from "../../core/transfer/transfer-events.ts";

/** Where a backup's metrics go. */
export interface MetricPlace {
  namespace: string;
  region: string | undefined;
  /** The value of the dimension TableName. */
  table: string;
  access: AccessOptions | undefined;
}

/** @throws DdbrError `usage` */
export function namespaceOption(text: string | undefined): string | undefined {
  if (text !== "") return text;
  throw new DdbrError("usage", "--metric is empty", { hint: "name a CloudWatch namespace" });
}

/** Those of a table's backup; undefined without a namespace. */
export function metricsOfTable(
  namespace: string | undefined,
  { table, tableOptions }: { table: TableLocation; tableOptions: Pick<TableOptions, "access"> },
): MetricPlace | undefined {
  if (namespace === undefined) return undefined;
  return { namespace, region: table.region, table: table.name, access: tableOptions.access };
}

type Outcome = { bytes: number; records: number } | "failed";

/**
 * Runs a backup and then sends its metrics. What keeps them from being sent is a warning: the backup is
 * what it is. A backup that was stopped sends none.
 */
export async function withMetrics(
  place: MetricPlace | undefined,
  controls: Required<TransferControls>,
  run: (controls: Required<TransferControls>) => Promise<TransferSummary>,
): Promise<TransferSummary> {
  if (place === undefined) return run(controls);
  // The end is told when the metrics are sent: afterwards nobody listens.
  let finished: TransferEvent | undefined;
  const report = (event: TransferEvent) => {
    if (event.type === "finished") finished = event;
    else controls.report(event);
  };
  let outcome: Outcome = "failed";
  try {
    const summary = await run({ ...controls, report });
    const { totals } = summary;
    if (summary.outcome === "complete") {
      outcome = { bytes: totals.storedBytes, records: totals.written + totals.kept };
    }
    if (summary.outcome !== "interrupted") await send(place, outcome, controls);
    return summary;
  } catch (error) {
    if (!controls.signal.aborted) await send(place, "failed", controls);
    throw error;
  } finally {
    if (finished !== undefined) controls.report(finished);
  }
}

/** Counts a backup that failed before it began. When that cannot be told either, what it failed of matters more. */
export async function countFailure(place: MetricPlace | undefined, signal: AbortSignal): Promise<void> {
  if (place === undefined || signal.aborted) return;
  await sendMetrics(place, "failed", signal).catch(() => {});
}

async function send(
  place: MetricPlace,
  outcome: Outcome,
  { report, signal }: Required<TransferControls>,
): Promise<void> {
  try {
    await sendMetrics(place, outcome, signal);
  } catch (error) {
    report({ type: "warning", message: `metrics not sent: ${describeError(error)}` });
  }
}

async function sendMetrics(
  { region, access, ...place }: MetricPlace,
  outcome: Outcome,
  signal: AbortSignal,
): Promise<void> {
  const { sendBackupMetrics } = await import("../../core/metrics/backup-metrics.ts");
  await sendBackupMetrics({
    ...place,
    ...(region === undefined ? {} : { region }),
    ...(access === undefined ? {} : { access }),
    outcome,
    signal,
  });
}
