import { openStatePlace, type StatePlace } from "../../src/core/state/state-place.ts";
import type { S3StoreOptions } from "../../src/core/store/s3/s3-options.ts";
import { parseStoreLocation } from "../../src/core/store/store-location.ts";
import { s3Credentials, s3Endpoint } from "../helpers/s3.ts";
import { newPlace, type StoreKind, type TestPlace } from "../helpers/stores.ts";

/** Opens a place as a user does whose environment has the tests' credentials. */
export async function openPlace(url: string, options: S3StoreOptions = {}): Promise<StatePlace> {
  const { accessKeyId, secretAccessKey } = s3Credentials();
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = process.env;
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey });
  try {
    const location = parseStoreLocation(url);
    return await openStatePlace(location, { endpoint: s3Endpoint(), region: "us-east-1", ...options });
  } finally {
    for (const [name, value] of Object.entries({ AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY })) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
}

/** Runs `body` with an empty place of its own, as whoever shares it opens it and as it looks from outside. */
export async function withState<Result>(
  kind: StoreKind,
  body: (place: StatePlace, outside: TestPlace) => Promise<Result>,
): Promise<Result> {
  const outside = await newPlace(kind, { versioned: false });
  const place = await openPlace(outside.url);
  try {
    return await body(place, outside);
  } finally {
    place.close();
    await outside.drop();
  }
}
