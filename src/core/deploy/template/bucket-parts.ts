import type { Parameter, Statement } from "./template.ts";
import { allow, onlyIf, ref, sub, value } from "./template.ts";

export const KEY_PATTERN = "^(arn:aws[a-z-]*:kms:[a-z0-9-]+:\\d{12}:key/\\S+)?$";
const BUCKET_PATTERN = "^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$";

export function bucketParameter(what: string): Parameter {
  return { Type: "String", Description: `Bucket of ${what}`, AllowedPattern: BUCKET_PATTERN };
}

/** @param name of what is written, before `EncryptionKey` and so on */
export function keepingParameters(name: "Backup" | "Snapshot"): Record<string, Parameter> {
  return {
    [`${name}EncryptionKey`]: {
      Type: "String",
      Description: "ARN of a KMS key that objects are encrypted with; empty: as the bucket does it",
      Default: "",
      AllowedPattern: KEY_PATTERN,
    },
    [`${name}StorageClass`]: {
      Type: "String",
      Description: "Storage class of objects; empty: STANDARD",
      Default: "",
      AllowedPattern: "^[A-Z0-9_]*$",
    },
    [`${name}BucketOwner`]: {
      Type: "String",
      Description: "Account that the buckets must belong to; empty: any",
      Default: "",
      AllowedPattern: "^(\\d{12})?$",
    },
  };
}

export function keepingVariables(name: "Backup" | "Snapshot"): Record<string, object> {
  const names = [`${name}EncryptionKey`, `${name}StorageClass`, `${name}BucketOwner`];
  return Object.fromEntries(names.map((variable) => [variable, ref(variable)]));
}

/** @param key the parameter that holds the key, with a condition `Has…` of its own */
export function keyStatement(key: string, actions: string[]): object {
  return onlyIf(`Has${key}`, allow(actions, ref(key)));
}

/** `bucket` and `key` hold parameters, as in `${BackupBucket}`. */
export const objectsArn = (bucket: string, key: string) =>
  sub(`arn:${value("AWS::Partition")}:s3:::${bucket}/${key}`);

/** A right of a bucket's. */
export function bucketStatement(actions: string[], bucket: string, condition?: object): Statement {
  return allow(actions, sub(`arn:${value("AWS::Partition")}:s3:::${bucket}`), condition);
}
