import { DdbrError } from "../../core/errors.ts";
import { openS3Store, type S3StoreOptions } from "../../core/store/s3/s3-store.ts";
import { parseStoreLocation, type S3Location } from "../../core/store/store-location.ts";

/** @throws DdbrError `usage` */
export function bucketPlace(text: string): S3Location {
  const place = parseStoreLocation(text);
  if (place.kind === "s3") return place;
  throw new DdbrError("usage", `${JSON.stringify(text)} is no place in S3`, {
    hint: "a function writes to s3://bucket/prefix",
  });
}

export interface KeepingWords {
  kmsKeyId?: string | undefined;
  storageClass?: string | undefined;
  bucketOwner?: string | undefined;
  bucketRegion?: string | undefined;
}

/** @param prefix of the template's parameters. @throws DdbrError `usage` */
export function keepingParameters(
  prefix: "Backup" | "Snapshot",
  { kmsKeyId, storageClass, bucketOwner, bucketRegion }: KeepingWords,
): Record<string, string | undefined> {
  keyArn("--kms-key-id", kmsKeyId);
  return {
    [`${prefix}EncryptionKey`]: kmsKeyId,
    [`${prefix}StorageClass`]: storageClass,
    [`${prefix}BucketOwner`]: bucketOwner,
    [`${prefix}Region`]: bucketRegion,
  };
}

/** A role is granted the use of a key by its ARN only. @throws DdbrError `usage` */
export function keyArn(option: string, text: string | undefined): string | undefined {
  if (!text || /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/\S+$/.test(text)) return text;
  throw new DdbrError("usage", `${option} is ${JSON.stringify(text)}, not a key's ARN`, {
    hint: "it looks like arn:aws:kms:eu-west-1:123456789012:key/…; the role is granted its use",
  });
}

/** Whether the bucket keeps versions; undefined where that may not be asked. */
export async function keepsVersions(
  place: S3Location,
  options: S3StoreOptions,
  signal: AbortSignal,
): Promise<boolean | undefined> {
  const store = await openS3Store(place, { ...options, signal });
  try {
    return await store.keepsVersions(signal);
  } catch (error) {
    if (error instanceof DdbrError && error.code === "permission") return undefined;
    throw error;
  } finally {
    store.close();
  }
}
