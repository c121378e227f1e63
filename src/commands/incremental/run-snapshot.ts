import { statSync } from "node:fs";
import { join } from "node:path";
import { DdbrError } from "../../core/errors.ts";
import { hasCheckpoint } from "../../core/incremental/backfill-checkpoint.ts";
import { snapshotFolder } from "../../core/incremental/snapshot-folder.ts";
import type { S3StoreOptions } from "../../core/store/s3/s3-store.ts";
import {
  isWithin,
  parseStoreLocation,
  type StoreLocation,
  splitFile,
} from "../../core/store/store-location.ts";
import { localFile } from "../options/local-file.ts";
import { momentOption } from "../options/moment.ts";
import { numberOption } from "../options/numbers.ts";
import { refuseS3Only, type StoreWords, storeAccess } from "../options/store-access.ts";
import type { OutputMode } from "../output/mode.ts";
import { createRequestLog } from "../output/request-log.ts";
import { stoppable } from "../output/stop-signals.ts";
import { openExistingStore, openStore } from "../store/open-store.ts";
import { countFailure, type MetricPlace, withMetrics } from "../transfer/metrics.ts";
import { showTransfer } from "../transfer/show-transfer.ts";

export interface SnapshotWords extends StoreWords {
  source: string;
  dest: string;
  at?: string | undefined;
  manifest: boolean;
  reads?: string | undefined;
  retries?: string | undefined;
  logger?: string | undefined;
  metric?: string | undefined;
}

interface SnapshotRequest {
  source: StoreLocation;
  folder: StoreLocation;
  name: string;
  storeOptions: S3StoreOptions;
  at: number | undefined;
  manifest: boolean;
  reads: number;
  logger: string | undefined;
  metric: MetricPlace | undefined;
}

const READS = 64;

/** @throws DdbrError for whatever is wrong or contradicts itself */
export function parseSnapshotRequest(words: SnapshotWords): SnapshotRequest {
  const source = parseStoreLocation(words.source);
  if (words.dest.endsWith("/")) {
    throw new DdbrError("location", "names a folder", {
      subject: JSON.stringify(words.dest),
      hint: "name the file to be written",
    });
  }
  const { folder, name } = splitFile(parseStoreLocation(words.dest));
  if (isWithin(folder, source)) {
    throw new DdbrError("usage", "the snapshot would lie in the folder that it is made from", {
      subject: words.dest,
      hint: "put it elsewhere",
    });
  }
  const storeOptions = storeAccess(words);
  refuseS3Only(folder, storeOptions);
  const retries = numberOption("--retries", words.retries, { min: 0, max: 1000, integer: true });
  return {
    source,
    folder,
    name,
    storeOptions: retries === undefined ? storeOptions : { ...storeOptions, retries },
    at: momentOption("--at", words.at),
    manifest: words.manifest,
    reads: numberOption("--reads", words.reads, { min: 1, max: 1024, integer: true }) ?? READS,
    logger: localFile("--logger", words.logger),
    metric: metricOption(words.metric, storeOptions),
  };
}

/** `ddbr incremental-snapshot`, its words understood; returns the exit code. */
export async function runSnapshot(request: SnapshotRequest, mode: OutputMode): Promise<number> {
  const { source, destination, isHalfFilled } = await stoppable((signal) =>
    openEnds(request, signal).catch(async (error) => {
      await countFailure(request.metric, signal);
      throw error;
    }),
  );
  using log = request.logger === undefined ? undefined : createRequestLog(request.logger);
  try {
    return await showTransfer({
      command: "incremental-snapshot",
      mode,
      run: (controls) =>
        withMetrics(request.metric, controls, (told) => {
          if (isHalfFilled) told.report({ type: "warning", message: HALF_FILLED });
          return snapshotFolder({
            ...request,
            ...told,
            report(event) {
              log?.report(event);
              told.report(event);
            },
            source,
            destination,
          });
        }),
    });
  } finally {
    source.close();
    destination.close();
  }
}

async function openEnds(request: SnapshotRequest, signal: AbortSignal) {
  const source = await openExistingStore(request.source, request.storeOptions, signal);
  refuseDirectory(request);
  const destination = await openStore(request.folder, request.storeOptions, signal);
  if (request.at !== undefined && !(await source.keepsVersions(signal))) {
    throw new DdbrError("usage", "--at needs versions, and the bucket keeps none", {
      subject: source.location.text,
      hint: "turn on versioning for the bucket: from then on any moment can be had",
    });
  }
  return { source, destination, isHalfFilled: await isBeingFilled(request, signal) };
}

const HALF_FILLED = "a backfill of this folder has not ended: records that it has still to write are missing";

/** Whether a backfill is under way, or was interrupted; as far as can be seen. */
async function isBeingFilled(
  { source, storeOptions }: SnapshotRequest,
  signal: AbortSignal,
): Promise<boolean> {
  if (source.kind === "s3" && source.prefix === "") return false;
  const { folder, name } = splitFile(source);
  const store = await openStore(folder, storeOptions, signal);
  try {
    return await hasCheckpoint(store, name, signal);
  } catch (error) {
    // Who may only read the folder itself cannot know.
    if (error instanceof DdbrError && error.code === "permission") return false;
    throw error;
  } finally {
    store.close();
  }
}

/** The store would refuse it as well, but only when all has been read. */
function refuseDirectory({ folder, name }: SnapshotRequest): void {
  if (folder.kind !== "directory") return;
  const path = join(folder.path, name);
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) return;
  throw new DdbrError("file", "is a directory", { subject: path, hint: "name the file to be written" });
}

function metricOption(text: string | undefined, { access }: S3StoreOptions): MetricPlace | undefined {
  if (text === undefined) return undefined;
  const [region = "", namespace = "", ...rest] = text.split("/");
  const table = rest.join("/");
  if (region !== "" && namespace !== "" && table !== "") return { region, namespace, table, access };
  throw new DdbrError("usage", `--metric is ${JSON.stringify(text)}`, {
    hint: "it is region/namespace/table, e.g. us-east-1/backups/primary",
  });
}
