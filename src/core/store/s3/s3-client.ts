import { HeadBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { getEndpointFromInstructions } from "@smithy/core/endpoints";
import { ANYONE, clientAccess, DEFAULT_REGION } from "../../table/access.ts";
import type { S3StoreOptions } from "./s3-options.ts";
import { createSigner, type Sign } from "./s3-signer.ts";

/** Where a bucket's requests go, and who signs them. */
export interface S3Bucket {
  region: string;
  /** The bucket's own address without a slash at its end: with the bucket in the host's name or in the path. */
  url: string;
  sign: Sign;
  close(): void;
}

type BucketOptions = Pick<S3StoreOptions, "access" | "region" | "endpoint" | "pathStyle">;

/**
 * Finds out all that the SDK knows of a bucket's address and of credentials: environment, config files, FIPS, dual stack.
 * Nothing is sent to S3 yet. Throws what the SDK throws.
 */
export async function resolveBucket(bucket: string, options: BucketOptions): Promise<S3Bucket> {
  const config = await sdkConfig(options);
  const client = await withRegion(config);
  const url = await bucketUrl(client, bucket, options.pathStyle);
  const region = await client.config.region();
  return {
    region,
    url: url.href.replace(/\/$/, ""),
    sign: createSigner(() => client.config.credentials(), region),
    close: () => client.destroy(),
  };
}

type SdkConfig = NonNullable<ConstructorParameters<typeof S3Client>[0]>;

async function sdkConfig({ access = {}, region, endpoint, pathStyle }: BucketOptions): Promise<SdkConfig> {
  const place = endpoint ?? endpointInEnvironment();
  const config: SdkConfig = await clientAccess(
    { ...(region === undefined ? {} : { region }), ...(place === undefined ? {} : { endpoint: place }) },
    access,
    "s3",
  );
  if (config.credentials === ANYONE && !access.anyone) config.credentials = defaultProfileOrAnyone;
  if (pathStyle !== undefined) config.forcePathStyle = pathStyle;
  return config;
}

function endpointInEnvironment(env = process.env): string | undefined {
  if (env.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS === "true") return undefined;
  return env.AWS_ENDPOINT_URL_S3 || env.AWS_ENDPOINT_URL || undefined;
}

/** Unlike a DynamoDB of one's own, an S3 server does check who asks. */
async function defaultProfileOrAnyone() {
  const { fromIni } = await import("@aws-sdk/credential-providers");
  return fromIni()().catch(() => ANYONE);
}

/** Without any region configured: from one of them every bucket is found. */
async function withRegion(config: SdkConfig): Promise<S3Client> {
  const client = new S3Client(config);
  try {
    await client.config.region();
    return client;
  } catch {
    client.destroy();
    return new S3Client({ ...config, region: DEFAULT_REGION });
  }
}

async function bucketUrl(client: S3Client, bucket: string, pathStyle: boolean | undefined): Promise<URL> {
  const resolve = async () =>
    (await getEndpointFromInstructions({ Bucket: bucket }, HeadBucketCommand, client.config)).url;
  const url = await resolve();
  if (pathStyle !== undefined || !client.config.isCustomEndpoint || isAmazons(url)) return url;
  client.config.forcePathStyle = true;
  return resolve();
}

function isAmazons({ hostname }: URL): boolean {
  return /(^|\.)(amazonaws\.com(\.cn)?|amazonaws\.eu|api\.aws)$/.test(hostname);
}
