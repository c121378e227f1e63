import type { DdbrError } from "../core/errors.ts";
import type { S3StoreOptions } from "../core/store/s3/s3-options.ts";
import { parseStoreLocation, type S3Location } from "../core/store/store-location.ts";
import * as variables from "./environment.ts";

/** @param name the variable that it comes from */
export function s3Location(name: string, text: string): S3Location {
  try {
    const location = parseStoreLocation(text);
    if (location.kind === "s3") return location;
  } catch (error) {
    throw variables.wrongVariable(name, (error as DdbrError).message);
  }
  throw variables.wrongVariable(name, `is ${JSON.stringify(text)}, no s3://bucket/prefix`);
}

/** What the variables that begin with `prefix` say of the bucket. */
export function storeOptions(
  env: variables.Environment,
  prefix: "Backup" | "Snapshot" | "State",
): S3StoreOptions {
  const region = variables.region(env, `${prefix}Region`);
  const endpoint = variables.endpoint(env, `${prefix}Endpoint`);
  const keyId = variables.optional(env, `${prefix}EncryptionKey`);
  const storageClass = variables.optional(env, `${prefix}StorageClass`);
  const expectedBucketOwner = variables.optional(env, `${prefix}BucketOwner`);
  if (storageClass !== undefined && !/^[A-Z0-9_]+$/.test(storageClass)) {
    throw variables.wrongVariable(
      `${prefix}StorageClass`,
      `is ${JSON.stringify(storageClass)}, no storage class such as STANDARD_IA`,
    );
  }
  if (storageClass === "GLACIER" || storageClass === "DEEP_ARCHIVE") {
    throw variables.wrongVariable(
      `${prefix}StorageClass`,
      `is ${storageClass}: such objects cannot be read without being restored first`,
      "use GLACIER_IR, or move them there later by a rule of the bucket",
    );
  }
  if (expectedBucketOwner !== undefined && !/^\d{12}$/.test(expectedBucketOwner)) {
    throw variables.wrongVariable(
      `${prefix}BucketOwner`,
      `is ${JSON.stringify(expectedBucketOwner)}, no account of 12 digits`,
    );
  }
  return {
    access: variables.access(env, prefix),
    ...(region !== undefined && { region }),
    ...(endpoint !== undefined && { endpoint }),
    ...(keyId !== undefined && { encryption: { kind: "aws:kms", keyId } }),
    ...(storageClass !== undefined && { storageClass }),
    ...(expectedBucketOwner !== undefined && { expectedBucketOwner }),
  };
}
