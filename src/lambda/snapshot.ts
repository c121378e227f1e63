import type { Context } from "aws-lambda";
import { DdbrError, describeError } from "../core/errors.ts";
import { snapshotFolder } from "../core/incremental/snapshot-folder.ts";
import { openS3Store } from "../core/store/s3/s3-store.ts";
import { isWithin, splitFile } from "../core/store/store-location.ts";
import type { TransferReport, TransferSummary } from "../core/transfer/transfer-events.ts";
import { s3Location, storeOptions } from "./bucket.ts";
import { beforeTimeout } from "./deadline.ts";
import * as variables from "./environment.ts";
import { begin, openTelemetry, publish } from "./telemetry.ts";

const READS_AT_ONCE = 64;

/** What a snapshot came to. */
export interface SnapshotAnswer {
  records: number;
  bytes: number;
  snapshot: string;
}

/**
 * Folds an incremental folder into one file, each time it is called. The event says nothing.
 * @throws DdbrError `usage` that names the variable which is missing or wrong
 */
export function createSnapshot(
  env: variables.Environment,
): (event: unknown, context: Context) => Promise<SnapshotAnswer> {
  const from = s3Location(
    "SnapshotSource",
    variables.required(env, "SnapshotSource", "the folder: s3://bucket/prefix/table"),
  );
  const to = s3Location(
    "SnapshotDestination",
    variables.required(env, "SnapshotDestination", "where the file is put: s3://bucket/key"),
  );
  if (to.prefix === "")
    throw variables.wrongVariable("SnapshotDestination", "names a bucket but no object in it");
  if (isWithin(to, from)) {
    throw variables.wrongVariable(
      "SnapshotDestination",
      "is in the folder itself: its file would pass for a record",
    );
  }
  const manifest = variables.choice(env, "SnapshotManifest", ["true", "false"]) === "true";
  const options = storeOptions(env, "Snapshot");
  const table = variables.optional(env, "SnapshotTable") ?? (from.prefix.split("/").at(-1) || from.bucket);
  const { folder, name } = splitFile(to);
  const telemetry = openTelemetry("snapshot");

  async function fold(signal: AbortSignal, report: TransferReport): Promise<TransferSummary> {
    const source = await openS3Store(from, { ...options, signal });
    try {
      const destination = await openS3Store(folder, { ...options, signal });
      const job = {
        source,
        destination,
        name,
        at: undefined,
        manifest,
        reads: READS_AT_ONCE,
        signal,
        report,
      };
      return await snapshotFolder(job).finally(() => destination.close());
    } finally {
      source.close();
    }
  }

  return async (_event, context) => {
    begin(telemetry, context);
    const signal = beforeTimeout(context);
    const warnings: string[] = [];
    try {
      const { outcome, failure, totals, wrote, elapsedMs } = await fold(signal, (event) => {
        if (event.type === "warning") warnings.push(event.message);
      });
      if (outcome !== "complete")
        throw failure === undefined ? signal.reason : new DdbrError("service", failure);
      const { written: records, foreign, storedBytes: bytes } = totals;
      telemetry.logger.info("snapshot", { records, foreign, bytes, wrote, elapsedMs, warnings });
      publish(telemetry, table, {
        count: { BackupRecordCount: records },
        bytes: { BackupSize: bytes },
        milliseconds: { Duration: elapsedMs },
      });
      return { records, bytes, snapshot: wrote };
    } catch (error) {
      const problem = describeError(error === signal.reason ? OUT_OF_TIME : error);
      telemetry.logger.error("snapshot failed", { source: from.text, problem });
      publish(telemetry, table, { count: { BackupErrors: 1 } });
      throw new Error(problem, { cause: error });
    }
  };
}

const OUT_OF_TIME = new DdbrError("interrupted", "not done before the function's time-out", {
  hint: "give it more time and memory",
});
