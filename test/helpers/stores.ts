import { mkdir, mkdtemp, readdir, readFile, rm, unlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  NoSuchKey,
  PutObjectCommand,
  paginateListObjectsV2,
} from "@aws-sdk/client-s3";
import { createBucket, s3Credentials, s3Endpoint } from "./s3.ts";

export type StoreKind = "directory" | "s3";
export const STORE_KINDS: StoreKind[] = ["directory", "s3"];

/** A place for backups, looked at and filled by plain means that share nothing with src. */
export interface TestPlace {
  kind: StoreKind;
  /** What the program is told: a path, or `s3://bucket`. */
  url: string;
  /** What else the program has to be told; with another endpoint, such as a fault proxy's. */
  options(endpoint?: string): string[];
  /** The program's environment: credentials. */
  env: Record<string, string>;
  put(key: string, body: string | Uint8Array): Promise<void>;
  get(key: string): Promise<Buffer | undefined>;
  remove(key: string): Promise<void>;
  /** All objects there are, sorted. In a directory that is every file but what is in `.ddbr`. */
  keys(folder?: string): Promise<string[]>;
  /** What a killed writer can leave: temporary files, or uploads that were never completed. */
  litter(): Promise<string[]>;
  drop(): Promise<void>;
}

/** A place of its own for one test: a new directory, or a new bucket (versioned unless asked otherwise). */
export function newPlace(kind: StoreKind, options: { versioned?: boolean } = {}): Promise<TestPlace> {
  return kind === "s3" ? bucketPlace(options) : directoryPlace();
}

/** Runs `body` with a new place and drops it whatever happens. */
export async function withPlace<Result>(
  kind: StoreKind,
  body: (place: TestPlace) => Promise<Result>,
  options: { versioned?: boolean } = {},
): Promise<Result> {
  const place = await newPlace(kind, options);
  try {
    return await body(place);
  } finally {
    await place.drop();
  }
}

async function directoryPlace(): Promise<TestPlace> {
  const root = await mkdtemp(join(tmpdir(), "ddbr-place-"));
  const files = async (folder: string) => {
    const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true }).catch(
      () => [],
    );
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1));
  };
  const isOwn = (path: string) => path.split("/").includes(".ddbr");
  return {
    kind: "directory",
    url: root,
    options: () => [],
    env: {},
    async put(key, body) {
      await mkdir(dirname(join(root, key)), { recursive: true });
      await writeFile(join(root, key), body);
    },
    get: (key) => readFile(join(root, key)).catch(() => undefined),
    remove: (key) => unlink(join(root, key)),
    keys: async (folder = "") => (await files(folder)).filter((path) => !isOwn(path)).sort(),
    litter: async () => (await files("")).filter((path) => path.includes(".ddbr/tmp/")).sort(),
    drop: () => rm(root, { recursive: true, force: true }),
  };
}

async function bucketPlace(options: { versioned?: boolean }): Promise<TestPlace> {
  const { name: Bucket, client, drop } = await createBucket(options);
  const { accessKeyId, secretAccessKey } = s3Credentials();
  return {
    kind: "s3",
    url: `s3://${Bucket}`,
    options: (endpoint = s3Endpoint()) => ["--s3-endpoint", endpoint],
    env: { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey },
    async put(Key, body) {
      const Body = Buffer.from(body);
      await client.send(new PutObjectCommand({ Bucket, Key, Body, ContentLength: Body.length }));
    },
    async get(Key) {
      try {
        const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
        return Buffer.from(await Body!.transformToByteArray());
      } catch (error) {
        if (error instanceof NoSuchKey) return undefined;
        throw error;
      }
    },
    remove: async (Key) => void (await client.send(new DeleteObjectCommand({ Bucket, Key }))),
    async keys(folder = "") {
      const keys: string[] = [];
      const Prefix = folder === "" ? "" : `${folder}/`;
      for await (const page of paginateListObjectsV2({ client }, { Bucket, Prefix })) {
        for (const { Key } of page.Contents ?? []) keys.push(Key!);
      }
      return keys.sort();
    },
    async litter() {
      const { Uploads } = await client.send(new ListMultipartUploadsCommand({ Bucket }));
      return (Uploads ?? []).map(({ Key }) => Key!).sort();
    },
    drop,
  };
}
