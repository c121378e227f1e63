import { loadSharedConfigFiles } from "@smithy/core/config";

/** A service by the name that the AWS config file and, in capitals, the environment have for it. */
export type ConfiguredService =
  | "dynamodb"
  | "dynamodb_streams"
  | "s3"
  | "cloudwatch"
  | "cloudwatch_logs"
  | "cloudformation"
  | "lambda"
  | "sfn"
  | "sqs";

/**
 * The endpoint that a profile of the AWS config file sets for a service, by `services` or `endpoint_url`.
 * The SDK takes a profile's endpoint only from the one profile that AWS_PROFILE names; each side has its own.
 * What the environment says goes first, as with the SDK.
 */
export async function profileEndpoint(
  profile: string,
  service: ConfiguredService,
  env = process.env,
): Promise<string | undefined> {
  if (env[`AWS_ENDPOINT_URL_${service.toUpperCase()}`] || env.AWS_ENDPOINT_URL) return undefined;
  if (env.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS === "true") return undefined;
  const { configFile } = await loadSharedConfigFiles();
  const section = configFile[profile];
  if (section?.ignore_configured_endpoint_urls === "true") return undefined;
  const services = section?.services === undefined ? undefined : configFile[`services.${section.services}`];
  return services?.[`${service}.endpoint_url`] ?? section?.endpoint_url;
}
