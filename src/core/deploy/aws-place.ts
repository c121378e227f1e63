import { FetchHttpHandler } from "@smithy/fetch-http-handler";
import { DdbrError } from "../errors.ts";
import { type AccessOptions, clientAccess } from "../table/access.ts";
import type { ConfiguredService } from "../table/profile-endpoint.ts";

/** The region that a stack is in, and whose account. */
export interface AwsPlace {
  /** Undefined: the profile's or the environment's. */
  region: string | undefined;
  access: AccessOptions;
}

const REQUEST_TIMEOUT_MS = 30_000;

/** The settings of a client for one of AWS's services in that place. The SDK repeats what fails in passing. */
export async function awsClient({ region, access }: AwsPlace, service: ConfiguredService) {
  return {
    ...(await clientAccess(region === undefined ? {} : { region }, access, service)),
    requestHandler: new FetchHttpHandler({ requestTimeout: REQUEST_TIMEOUT_MS }),
  };
}

/** @throws DdbrError `location` where neither the place nor a profile nor the environment says it */
export async function regionOf(client: { config: { region(): Promise<string> } }): Promise<string> {
  try {
    return await client.config.region();
  } catch (error) {
    throw new DdbrError("location", "no region is given", {
      hint: "give --region, or set AWS_REGION",
      cause: error,
    });
  }
}
