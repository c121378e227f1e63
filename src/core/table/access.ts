import type { DynamoDBClientConfig } from "@aws-sdk/client-dynamodb";
import type { TableLocation } from "../location.ts";

/** Whose credentials reach a table; without any, the SDK's usual chain. */
export interface AccessOptions {
  /** A profile of the AWS config files. */
  profile?: string;
  /** A role to assume, with the profile's or the chain's credentials. */
  roleArn?: string;
  externalId?: string;
  /** Nobody in particular: for a server of one's own, whatever the environment says. */
  anyone?: boolean;
}

const DEFAULT_REGION = "us-east-1";

/** Servers of one's own don't check who asks; DynamoDB Local only wants something of the right form. */
const ANYONE = { accessKeyId: "local", secretAccessKey: "local" };

/** The client's settings for region, endpoint and credentials. */
export async function clientAccess(
  location: TableLocation,
  { profile, roleArn, externalId, anyone }: AccessOptions,
): Promise<DynamoDBClientConfig> {
  const config: DynamoDBClientConfig = {};
  if (location.endpoint !== undefined) config.endpoint = location.endpoint;
  const region = location.region ?? (location.endpoint ? serverRegion() : undefined);
  if (region !== undefined) config.region = region;
  if (profile !== undefined) config.profile = profile;
  if (roleArn !== undefined) {
    const { fromNodeProviderChain, fromTemporaryCredentials } = await import("@aws-sdk/credential-providers");
    config.credentials = fromTemporaryCredentials({
      ...(profile === undefined ? {} : { masterCredentials: fromNodeProviderChain({ profile }) }),
      params: {
        RoleArn: roleArn,
        RoleSessionName: "ddbr",
        ...(externalId === undefined ? {} : { ExternalId: externalId }),
      },
      ...(region === undefined ? {} : { clientConfig: { region } }),
    });
  } else if (
    anyone ||
    (profile === undefined && location.endpoint !== undefined && !hasCredentialsInEnvironment())
  ) {
    config.credentials = ANYONE;
  }
  return config;
}

function serverRegion(): string {
  return process.env.AWS_REGION ?? process.env.AWS_DEFAULT_REGION ?? DEFAULT_REGION;
}

function hasCredentialsInEnvironment(): boolean {
  return process.env.AWS_ACCESS_KEY_ID !== undefined || process.env.AWS_PROFILE !== undefined;
}
