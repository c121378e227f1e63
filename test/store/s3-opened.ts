import type { ObjectStore } from "../../src/core/store/object-store.ts";
import { openS3Store, type S3StoreOptions } from "../../src/core/store/s3/s3-store.ts";
import { parseStoreLocation } from "../../src/core/store/store-location.ts";
import { createBucket, s3Credentials, s3Endpoint } from "../helpers/s3.ts";
import type { OpenedStore } from "./contract.ts";

/** Opens a location as a user does whose environment has the tests' credentials, or the given ones. */
export async function openAt(
  text: string,
  options: S3StoreOptions = {},
  { accessKeyId, secretAccessKey } = s3Credentials(),
): Promise<ObjectStore> {
  const location = parseStoreLocation(text);
  if (location.kind !== "s3") throw new Error(`${text} is not on S3`);
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = process.env;
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey });
  try {
    return await openS3Store(location, { endpoint: s3Endpoint(), region: "us-east-1", ...options });
  } finally {
    restore({ AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY });
  }
}

function restore(variables: Record<string, string | undefined>): void {
  for (const [name, value] of Object.entries(variables)) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
}

/** A store in a bucket of its own. */
export async function openedStore({ versioned = true, prefix = "" } = {}): Promise<OpenedStore> {
  const bucket = await createBucket({ versioned });
  const text = `s3://${bucket.name}${prefix === "" ? "" : `/${prefix}`}`;
  const stores: ObjectStore[] = [];
  const reopen = async () => {
    const store = await openAt(text);
    stores.push(store);
    return store;
  };
  return {
    store: await reopen(),
    reopen,
    drop: async () => {
      for (const store of stores) store.close();
      await bucket.drop();
    },
  };
}
