import { Option } from "clipanion";

/** How S3 is to keep what a command writes. */
export const sseOption = () =>
  Option.String("--sse", { description: "server-side encryption: AES256 or aws:kms" });

export const kmsKeyOption = () => Option.String("--kms-key-id", { description: "KMS key for --sse aws:kms" });

export const storageClassOption = () =>
  Option.String("--storage-class", { description: "S3 storage class of what is written, e.g. STANDARD_IA" });
