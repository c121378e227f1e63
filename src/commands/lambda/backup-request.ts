import { DdbrError } from "../../core/errors.ts";
import { type StoreWords, storeAccess } from "../options/store-access.ts";
import { bucketPlace, type KeepingWords, keepingParameters, keepsVersions } from "./bucket-request.ts";
import { type DeployRequest, type DeployWords, parseDeployWords } from "./deploy-request.ts";
import { given, type StreamWords, streamParameters } from "./function-parameters.ts";
import { functionRole } from "./replicator-request.ts";
import { awsTable, describeAwsTable, streamParameter } from "./stream-source.ts";

export interface BackupWords extends DeployWords, StreamWords, StoreWords, KeepingWords {
  primary: string;
  url: string;
  kmsKeyId?: string | undefined;
  storageClass?: string | undefined;
  bucketOwner?: string | undefined;
  functionRole?: string | undefined;
  functionExternalId?: string | undefined;
}

/** @throws DdbrError for whatever is wrong or contradicts itself */
export function parseBackupRequest(words: BackupWords): DeployRequest {
  const primary = awsTable(words.primary);
  const bucket = bucketPlace(words.url);
  const { access, ...request } = parseDeployWords("backup", words, primary.name);
  const storeOptions = storeAccess(words, access);
  return {
    ...request,
    place: { region: primary.region, access },
    parameters: given({
      ...streamParameters(words),
      ...functionRole("Backup", words.functionRole, words.functionExternalId),
      ...keepingParameters("Backup", words),
      BackupBucket: bucket.bucket,
      BackupPrefix: bucket.prefix,
      BackupTable: primary.name,
    }),
    async prepare(signal) {
      const [table, versions] = await Promise.all([
        describeAwsTable(primary, access, signal),
        keepsVersions(bucket, storeOptions, signal),
      ]);
      if (versions === false) {
        throw new DdbrError(
          "usage",
          "the bucket keeps no versions, so a backup there would have no history",
          {
            subject: bucket.text,
            hint: `turn it on: aws s3api put-bucket-versioning --bucket ${bucket.bucket} --versioning-configuration Status=Enabled`,
          },
        );
      }
      const unknown = `${bucket.text}: not allowed to see whether the bucket keeps versions: without, there is no history`;
      return {
        warnings: versions === undefined ? [unknown] : [],
        ...streamParameter(table, primary, access),
      };
    },
  };
}
