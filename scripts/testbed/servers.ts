import { startCephGateway } from "./ceph-gateway.ts";
import { startDynamoDbLocal } from "./dynamodb-local.ts";
import { TestBedFailure } from "./failure.ts";
import { installAbsent } from "./install.ts";
import type { Reaper } from "./reaper.ts";

/** Where the tests of `test/` find their servers. */
export type ServerEnvironment = {
  DDBR_TEST_DYNAMODB: string;
  DDBR_TEST_S3: string;
  DDBR_TEST_S3_ACCESS_KEY: string;
  DDBR_TEST_S3_SECRET_KEY: string;
};

/** Uses the servers the caller's environment names and starts (installing what they need) those it does not. */
export async function provideServers(reaper: Reaper): Promise<ServerEnvironment> {
  const given = process.env;
  await installAbsent([
    ...(given.DDBR_TEST_DYNAMODB ? [] : (["dynamoDb"] as const)),
    ...(given.DDBR_TEST_S3 ? [] : (["s3"] as const)),
  ]);
  const [dynamoDb, s3] = await Promise.all([
    given.DDBR_TEST_DYNAMODB ?? startDynamoDbLocal(reaper),
    given.DDBR_TEST_S3 ? givenS3(given.DDBR_TEST_S3) : startCephGateway(reaper),
  ]);
  return {
    DDBR_TEST_DYNAMODB: dynamoDb,
    DDBR_TEST_S3: s3.url,
    DDBR_TEST_S3_ACCESS_KEY: s3.accessKey,
    DDBR_TEST_S3_SECRET_KEY: s3.secretKey,
  };
}

function givenS3(url: string) {
  const { DDBR_TEST_S3_ACCESS_KEY: accessKey, DDBR_TEST_S3_SECRET_KEY: secretKey } = process.env;
  if (accessKey && secretKey) return { url, accessKey, secretKey };
  throw new TestBedFailure(
    "DDBR_TEST_S3 is set without its credentials: set DDBR_TEST_S3_ACCESS_KEY and DDBR_TEST_S3_SECRET_KEY too.",
  );
}
