import type { BackupMetrics } from "../../src/core/metrics/backup-metrics.ts";
import { fromTestCommand, uniqueName } from "../../test/helpers/environment.ts";
import { type FaultProxyOptions, startFaultProxy } from "../../test/helpers/fault-proxy.ts";

/** Where the tests' stand-in for AWS is. */
export const aws = () => fromTestCommand("DDBR_TEST_AWS");

export const REGION = "eu-west-1";
export const DONE = { bytes: 123_456_789_012, records: 345_678 };

export const metrics = (given: Partial<BackupMetrics> = {}): BackupMetrics => ({
  namespace: uniqueName("Backups"),
  region: REGION,
  table: "orders",
  endpoint: aws(),
  outcome: DONE,
  ...given,
});

/** Runs `body` with the address of a faulty way to the server. */
export async function throughProxy<T>(
  options: Partial<FaultProxyOptions>,
  body: (endpoint: string) => Promise<T>,
) {
  const proxy = await startFaultProxy({ target: aws(), ...options });
  try {
    return await body(proxy.url);
  } finally {
    await proxy.stop();
  }
}
