import { DdbrError } from "../../core/errors.ts";
import { isWithin, splitFile } from "../../core/store/store-location.ts";
import { type StoreWords, storeAccess } from "../options/store-access.ts";
import {
  bucketPlace,
  type KeepingWords,
  keepingParameters,
  keepsVersions,
  keyArn,
} from "./bucket-request.ts";
import { type DeployRequest, type DeployWords, parseDeployWords } from "./deploy-request.ts";
import { type FunctionWords, functionParameters, given } from "./function-parameters.ts";
import { functionRole } from "./replicator-request.ts";

export interface SnapshotWords extends DeployWords, FunctionWords, StoreWords, KeepingWords {
  source: string;
  dest: string;
  schedule?: string | undefined;
  region?: string | undefined;
  sourceKmsKey?: string | undefined;
  manifest?: boolean | undefined;
  kmsKeyId?: string | undefined;
  storageClass?: string | undefined;
  bucketOwner?: string | undefined;
  functionRole?: string | undefined;
  functionExternalId?: string | undefined;
}

/** @throws DdbrError for whatever is wrong or contradicts itself */
export function parseSnapshotRequest(words: SnapshotWords): DeployRequest {
  const source = bucketPlace(words.source);
  const dest = bucketPlace(words.dest);
  const wrong = (message: string, hint: string) => new DdbrError("usage", message, { hint });
  if (source.prefix === "") {
    throw wrong(`${source.text} names no folder of a table`, "it looks like s3://bucket/prefix/table");
  }
  if (dest.prefix === "") throw wrong(`${dest.text} names no file`, "it looks like s3://bucket/orders.gz");
  if (isWithin(dest, source)) {
    throw wrong(
      `${dest.text} is in the folder itself`,
      "its file would pass for a record: name another place",
    );
  }
  const { schedule, manifest } = words;
  if (schedule !== undefined && !/^(rate|cron)\(.+\)$/.test(schedule)) {
    throw wrong(
      `--schedule is ${JSON.stringify(schedule)}`,
      "it looks like 'rate(1 day)' or 'cron(0 3 * * ? *)'",
    );
  }
  const { access, ...request } = parseDeployWords("snapshot", words, source.prefix.split("/").at(-1)!);
  const storeOptions = storeAccess(words, access);
  const { folder, name } = splitFile(dest);
  return {
    ...request,
    place: { region: words.region, access },
    parameters: given({
      ...functionParameters(words),
      ...functionRole("Snapshot", words.functionRole, words.functionExternalId),
      ...keepingParameters("Snapshot", words),
      Schedule: schedule,
      SourceBucket: source.bucket,
      SourcePrefix: source.prefix,
      SourceEncryptionKey: keyArn("--source-kms-key", words.sourceKmsKey),
      DestinationBucket: dest.bucket,
      DestinationFolder: folder.prefix,
      DestinationName: name,
      SnapshotManifest: manifest === undefined ? undefined : String(manifest),
    }),
    needed: [{ parameter: "Schedule", option: "--schedule", what: "e.g. 'rate(1 day)'" }],
    async prepare(signal) {
      await keepsVersions(source, storeOptions, signal);
      const versions = await keepsVersions(dest, storeOptions, signal);
      const replaced = `${dest.text}: the bucket keeps no versions, so each snapshot replaces the one before`;
      return { parameters: {}, warnings: versions === false ? [replaced] : [] };
    },
  };
}
