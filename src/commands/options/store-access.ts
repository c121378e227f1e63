import { DdbrError } from "../../core/errors.ts";
import type { S3StoreOptions } from "../../core/store/s3/s3-store.ts";
import type { StoreLocation } from "../../core/store/store-location.ts";
import type { AccessOptions } from "../../core/table/access.ts";
import { accessOption } from "./access.ts";
import { numberOption } from "./numbers.ts";

export interface StoreWords {
  s3Profile?: string | undefined;
  s3RoleArn?: string | undefined;
  s3ExternalId?: string | undefined;
  s3Endpoint?: string | undefined;
  s3PathStyle?: boolean | undefined;
  sse?: string | undefined;
  kmsKeyId?: string | undefined;
  storageClass?: string | undefined;
  bucketOwner?: string | undefined;
  patience?: string | undefined;
}

const PATIENCE_SECONDS = 60;

export function patienceOption(text: string | undefined): number {
  return (numberOption("--patience", text, { min: 0, max: 86_400 }) ?? PATIENCE_SECONDS) * 1000;
}

/**
 * @param tableAccess used for S3 as well where no access of its own is given
 * @throws DdbrError `usage`
 */
export function storeAccess(words: StoreWords, tableAccess: AccessOptions = {}): S3StoreOptions {
  const { s3Profile, s3RoleArn, s3ExternalId, s3Endpoint, s3PathStyle, storageClass, bucketOwner } = words;
  const own = accessOption("--s3-", s3Profile, s3RoleArn, s3ExternalId);
  const encryption = encryptionOption(words);
  if (storageClass !== undefined && !/^[A-Z0-9_]+$/.test(storageClass)) {
    throw wrong(`--storage-class is ${JSON.stringify(storageClass)}`, "it looks like STANDARD_IA");
  }
  if (storageClass === "GLACIER" || storageClass === "DEEP_ARCHIVE") {
    throw wrong(
      `--storage-class ${storageClass}: such objects cannot be read without being restored first`,
      "use GLACIER_IR, or move them there later by a rule of the bucket",
    );
  }
  if (bucketOwner !== undefined && !/^\d{12}$/.test(bucketOwner)) {
    throw wrong(`--expected-bucket-owner is ${JSON.stringify(bucketOwner)}`, "an account has 12 digits");
  }
  return {
    access: Object.keys(own).length > 0 ? own : tableAccess,
    patienceMs: patienceOption(words.patience),
    ...(s3Endpoint === undefined ? {} : { endpoint: endpointOption(s3Endpoint) }),
    ...(s3PathStyle === undefined ? {} : { pathStyle: s3PathStyle }),
    ...(encryption === undefined ? {} : { encryption }),
    ...(storageClass === undefined ? {} : { storageClass }),
    ...(bucketOwner === undefined ? {} : { expectedBucketOwner: bucketOwner }),
  };
}

/** What only S3 can do must not be taken for done where a directory is written. @throws DdbrError `usage` */
export function refuseS3Only(written: StoreLocation, { encryption, storageClass }: S3StoreOptions): void {
  if (written.kind === "s3" || (encryption ?? storageClass) === undefined) return;
  throw wrong(
    `${encryption === undefined ? "--storage-class" : "--sse"} is for S3, and ${written.text} is a directory`,
    "leave it away: files are readable by their owner alone, as they are",
  );
}

function encryptionOption({ sse, kmsKeyId }: StoreWords): S3StoreOptions["encryption"] {
  if (sse !== undefined && sse !== "AES256" && sse !== "aws:kms") {
    throw wrong(`--sse is ${JSON.stringify(sse)}`, "give AES256 or aws:kms");
  }
  if (kmsKeyId !== undefined) {
    if (sse === "AES256") throw wrong("--kms-key-id contradicts --sse AES256", "give --sse aws:kms");
    if (kmsKeyId === "") throw wrong("--kms-key-id is empty", "name a KMS key by its id, ARN or alias");
    return { kind: "aws:kms", keyId: kmsKeyId };
  }
  return sse === undefined ? undefined : { kind: sse };
}

function endpointOption(text: string): string {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol) || url.search !== "" || url.hash !== "") {
    throw wrong(`--s3-endpoint is ${JSON.stringify(text)}`, "it looks like http://127.0.0.1:9000");
  }
  if (url.username !== "" || url.password !== "") {
    throw wrong(
      "--s3-endpoint holds a user name or password",
      "credentials come from the environment or a profile",
    );
  }
  return text.replace(/\/+$/, "");
}

function wrong(message: string, hint: string): DdbrError {
  return new DdbrError("usage", message, { hint });
}
