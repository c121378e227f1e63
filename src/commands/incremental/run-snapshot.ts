import { statSync } from "node:fs";
import { join } from "node:path";
import { DdbrError } from "../../core/errors.ts";
import { whyHalfFilled } from "../../core/incremental/being-filled.ts";
import { requireVersions } from "../../core/incremental/folder-at.ts";
import { snapshotFolder } from "../../core/incremental/snapshot-folder.ts";
import { openExistingStore, openStore } from "../../core/store/open-store.ts";
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
  const { source, destination, lacks } = await stoppable((signal) =>
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
          if (lacks !== undefined) told.report({ type: "warning", message: lacks });
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
  const open = (location: StoreLocation) => openStore(location, request.storeOptions, signal);
  const source = await openExistingStore(request.source, request.storeOptions, signal);
  refuseDirectory(request);
  const destination = await open(request.folder);
  if (request.at !== undefined) await requireVersions(source, signal);
  return { source, destination, lacks: await whyHalfFilled(request.source, request.at, open, signal) };
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
