import { createHash } from "node:crypto";
import {
  GetObjectCommand,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandInput,
  type ListObjectVersionsCommandOutput,
  type ObjectVersion,
  paginateListObjectsV2,
} from "@aws-sdk/client-s3";
import pLimit from "p-limit";
import type { TestBucket } from "../helpers/s3.ts";
import type { Wire } from "./events.ts";

/** What one version of a record's object holds; a deletion holds no item. */
export interface Stored {
  sequence: string | undefined;
  event: string | undefined;
  time: string | undefined;
  item: Wire | undefined;
}

const READS_AT_ONCE = 32;

/** The name of a record's object, by its key in wire form with the attributes in ascending order. */
export function nameOf(key: Wire): string {
  return createHash("sha256").update(JSON.stringify(key)).digest("hex");
}

/**
 * Every version of every object in a folder, oldest first, by the object's name. Delete markers, which hold nothing, are left out.
 * @param known versions by their ids that need not be read again
 */
export async function versionsIn(
  { client, name }: TestBucket,
  folder: string,
  known = new Map<string, Stored>(),
): Promise<Map<string, Stored[]>> {
  const listed: ObjectVersion[] = [];
  let from: { KeyMarker?: string; VersionIdMarker?: string } | undefined = {};
  while (from !== undefined) {
    const query: ListObjectVersionsCommandInput = { Bucket: name, Prefix: `${folder}/`, ...from };
    const page: ListObjectVersionsCommandOutput = await client.send(new ListObjectVersionsCommand(query));
    listed.push(...(page.Versions ?? []));
    from = page.IsTruncated
      ? { KeyMarker: page.NextKeyMarker!, VersionIdMarker: page.NextVersionIdMarker! }
      : undefined;
  }
  const unknown = listed.filter(({ VersionId }) => !known.has(VersionId!));
  await pLimit(READS_AT_ONCE).map(unknown, async ({ Key, VersionId }) => {
    known.set(VersionId!, await readOne({ client, name }, Key!, VersionId));
  });
  const versions = new Map<string, Stored[]>();
  // Newest first as they are listed.
  for (const { Key, VersionId } of listed) {
    const object = Key!.slice(folder.length + 1);
    versions.set(object, [known.get(VersionId!)!, ...(versions.get(object) ?? [])]);
  }
  return versions;
}

/** The objects there are in a folder, by their names. */
export async function objectsIn({ client, name }: TestBucket, folder: string): Promise<Map<string, Wire>> {
  const keys: string[] = [];
  for await (const page of paginateListObjectsV2({ client }, { Bucket: name, Prefix: `${folder}/` })) {
    for (const { Key } of page.Contents ?? []) keys.push(Key!);
  }
  const read = await pLimit(READS_AT_ONCE).map(keys, (key) => readOne({ client, name }, key, undefined));
  return new Map(keys.map((key, index) => [key.slice(folder.length + 1), read[index]!.item!]));
}

async function readOne(
  { client, name }: Pick<TestBucket, "client" | "name">,
  Key: string,
  VersionId: string | undefined,
): Promise<Stored> {
  const { Body, Metadata = {} } = await client.send(new GetObjectCommand({ Bucket: name, Key, VersionId }));
  const text = await Body!.transformToString();
  return {
    sequence: Metadata["ddbr-sequence"],
    event: Metadata["ddbr-event"],
    time: Metadata["ddbr-time"],
    item: Metadata["ddbr-tombstone"] === "1" && text === "" ? undefined : JSON.parse(text),
  };
}
