import { createHash } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DeleteObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { s3Client } from "../../helpers/s3.ts";
import type { TestPlace } from "../../helpers/stores.ts";

export type Wire = Record<string, unknown>;

/** A version of a record as a folder keeps it; times are milliseconds since 1970. */
export interface StoredVersion {
  /** Undefined: the record was deleted. */
  item: Wire | undefined;
  /** Of its event, where that is recorded. */
  event?: number;
  /** Of which the versions before are not kept any more. */
  cut?: boolean;
}

export const nameOf = (key: Wire, algorithm = "sha256") =>
  createHash(algorithm).update(JSON.stringify(key)).digest("hex");

function metadataOf({ event, item, cut }: StoredVersion, before: StoredVersion | undefined) {
  if (event === undefined) return undefined;
  const wasThere = cut || before?.item !== undefined;
  const name = item === undefined ? "REMOVE" : wasThere ? "MODIFY" : "INSERT";
  return { "ddbr-time": new Date(event).toISOString(), "ddbr-event": name };
}

/** Writes versions into a directory as docs/formats.md has it, each stored when the test says. */
export async function writeVersions(
  root: string,
  name: string,
  versions: (StoredVersion & { stored: number })[],
): Promise<void> {
  const folder = join(root, ".ddbr/versions", name);
  await mkdir(folder, { recursive: true });
  for (const [index, version] of versions.entries()) {
    const id = `${`${index + 1}`.padStart(8, "0")}-${version.stored}-0a1b2c3d`;
    const metadata = metadataOf(version, versions[index - 1]);
    if (metadata !== undefined) await writeFile(join(folder, `${id}.json`), JSON.stringify(metadata));
    const { item } = version;
    await writeFile(
      join(folder, item === undefined ? `${id}.deleted` : id),
      item ? JSON.stringify(item) : "",
    );
  }
  const newest = versions.at(-1)?.item;
  if (newest !== undefined) await writeFile(join(root, name), JSON.stringify(newest));
}

/** Stores versions in a bucket one after the other, now. */
export async function putVersions(place: TestPlace, key: string, versions: StoredVersion[]): Promise<void> {
  const client = s3Client();
  const object = { Bucket: place.url.slice("s3://".length), Key: key };
  for (const [index, version] of versions.entries()) {
    const Metadata = metadataOf(version, versions[index - 1]);
    if (version.item !== undefined) {
      const Body = JSON.stringify(version.item);
      await client.send(new PutObjectCommand({ ...object, Body, Metadata }));
      continue;
    }
    // What is recorded with a deletion is with an empty object before it.
    const tombstone = { ...Metadata, "ddbr-tombstone": "1" };
    await client.send(
      new PutObjectCommand({ ...object, Body: Buffer.alloc(0), ContentLength: 0, Metadata: tombstone }),
    );
    await client.send(new DeleteObjectCommand(object));
  }
  client.destroy();
}
