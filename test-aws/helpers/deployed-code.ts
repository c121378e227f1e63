import { createHash } from "node:crypto";
import type { FunctionConfiguration } from "@aws-sdk/client-lambda";
import { GetObjectCommand, ListObjectsV2Command } from "@aws-sdk/client-s3";
import type { Account } from "./account.ts";

/** The ZIP file in the account that the function's digest is of. */
export async function codeOf(
  { s3, codeBucket: Bucket }: Account,
  { CodeSha256 }: FunctionConfiguration,
): Promise<Buffer> {
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket }));
  for (const { Key } of Contents) {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
    const zip = Buffer.from(await Body!.transformToByteArray());
    if (createHash("sha256").update(zip).digest("base64") === CodeSha256) return zip;
  }
  throw new Error("the function's code is not in the bucket");
}
