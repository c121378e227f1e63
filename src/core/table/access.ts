import type { DynamoDBClientConfig } from "@aws-sdk/client-dynamodb";
import { DdbrError } from "../errors.ts";
import { type ConfiguredService, profileEndpoint } from "./profile-endpoint.ts";

/** Whose credentials reach a table or a bucket; without any, the SDK's usual chain. */
export interface AccessOptions {
  /** A profile of the AWS config files. */
  profile?: string;
  /** A role to assume, with the profile's or the chain's credentials. */
  roleArn?: string;
  externalId?: string;
  /** Credentials of their own, instead of a profile's or the chain's. */
  keys?: { accessKeyId: string; secretAccessKey: string; sessionToken?: string };
  /** Nobody in particular: for a server of one's own, whatever the environment says. */
  anyone?: boolean;
}

export const DEFAULT_REGION = "us-east-1";

/** Servers of one's own don't check who asks; DynamoDB Local only wants something of the right form. */
export const ANYONE = { accessKeyId: "local", secretAccessKey: "local" };

/** Where a client's requests go, as far as that is given. */
interface Place {
  region?: string;
  endpoint?: string;
}

/** What the clients of all services have in common. */
type ClientAccess = Pick<DynamoDBClientConfig, "endpoint" | "region" | "profile" | "credentials">;

/** The client's settings for region, endpoint and credentials. */
export async function clientAccess(
  location: Place,
  { profile, roleArn, externalId, keys, anyone }: AccessOptions,
  service: ConfiguredService = "dynamodb",
): Promise<ClientAccess> {
  const config: ClientAccess = {};
  const endpoint =
    location.endpoint ?? (profile === undefined ? undefined : await profileEndpoint(profile, service));
  if (endpoint !== undefined) config.endpoint = endpoint;
  const region = location.region ?? (location.endpoint ? serverRegion(location.endpoint) : undefined);
  if (region !== undefined) config.region = region;
  if (profile !== undefined) config.profile = profile;
  const credentials = keys ?? (await namedCredentials(profile));
  if (credentials !== undefined) config.credentials = credentials;
  if (roleArn !== undefined) {
    const { fromTemporaryCredentials } = await import("@aws-sdk/credential-providers");
    config.credentials = fromTemporaryCredentials({
      ...(credentials === undefined ? {} : { masterCredentials: credentials }),
      params: {
        RoleArn: roleArn,
        RoleSessionName: "ddbr",
        ...(externalId === undefined ? {} : { ExternalId: externalId }),
      },
      ...(region === undefined ? {} : { clientConfig: { region } }),
    });
  } else if (
    anyone ||
    (profile === undefined &&
      keys === undefined &&
      isServerOfOnesOwn(location) &&
      !hasCredentialsInEnvironment())
  ) {
    config.credentials = ANYONE;
  }
  return config;
}

/** The chain would else warn on stderr, over the dashboard, of keys in the environment beside a profile. */
const SILENT = { debug() {}, info() {}, warn() {}, error() {} };

/**
 * A profile given for one side stands for an account: where it has no credentials the SDK's usual chain, which goes on to
 * the machine's role, would reach another. The environment's profile is the chain's own business.
 * Either way a failure names the profile.
 */
async function namedCredentials(profile: string | undefined) {
  const named = profile ?? process.env.AWS_PROFILE;
  if (!named) return undefined;
  const { fromIni, fromNodeProviderChain } = await import("@aws-sdk/credential-providers");
  const provider = profile === undefined ? fromNodeProviderChain({ logger: SILENT }) : fromIni({ profile });
  const source = profile === undefined ? "AWS_PROFILE" : "the profile's name";
  return async (...args: Parameters<typeof provider>) => {
    try {
      return await provider(...args);
    } catch (error) {
      throw new DdbrError("credentials", `profile ${JSON.stringify(named)}: ${(error as Error).message}`, {
        hint: `check ${source} and ~/.aws/config, or sign in again (aws sso login)`,
        cause: error,
      });
    }
  };
}

/** AWS's own servers, VPC endpoints among them, speak https and want real credentials. */
function isServerOfOnesOwn({ endpoint }: Place): boolean {
  return endpoint?.toLowerCase().startsWith("http:") ?? false;
}

/** The region that AWS's own host names hold; for any other server one is as good as another. */
function serverRegion(endpoint: string): string {
  const named = /\.([a-z]{2,}(?:-[a-z]+)+-\d+)\.(?:vpce\.)?amazonaws\.com/.exec(endpoint)?.[1];
  return named ?? process.env.AWS_REGION ?? process.env.AWS_DEFAULT_REGION ?? DEFAULT_REGION;
}

function hasCredentialsInEnvironment(): boolean {
  return process.env.AWS_ACCESS_KEY_ID !== undefined || process.env.AWS_PROFILE !== undefined;
}
