import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { GetObjectCommand, ListObjectVersionsCommand } from "@aws-sdk/client-s3";
import { s3Client } from "../helpers/s3.ts";
import type { TestPlace } from "../helpers/stores.ts";
import type { TestTable } from "../helpers/table.ts";

/** A version as it lies in a folder: what is recorded with it, and the item in wire form or `deleted`. */
export interface StoredEvent {
  sequence: string;
  event: string;
  at: string;
  item: unknown;
}

/** By the records' object names: every version there is, in the order of their sequence numbers; repetitions too. */
export async function storedEvents(place: TestPlace, table: TestTable): Promise<Map<string, StoredEvent[]>> {
  const found = place.kind === "s3" ? await inBucket(place, table) : await inDirectory(place, table);
  const byName = new Map<string, StoredEvent[]>();
  for (const [name, event] of found) byName.set(name, [...(byName.get(name) ?? []), event]);
  for (const events of byName.values()) {
    events.sort((a, b) => (BigInt(a.sequence) < BigInt(b.sequence) ? -1 : 1));
  }
  return byName;
}

export function nameOf(id: string): string {
  return createHash("sha256").update(`{"id":{"S":"${id}"}}`).digest("hex");
}

type Found = [name: string, event: StoredEvent][];

async function inDirectory(place: TestPlace, table: TestTable): Promise<Found> {
  const versions = join(place.url, table.name, ".ddbr", "versions");
  const found: Found = [];
  for (const name of await readdir(versions)) {
    for (const file of await readdir(join(versions, name))) {
      if (file.endsWith(".json")) continue;
      const deleted = file.endsWith(".deleted");
      const id = file.replace(/\.deleted$/, "");
      const metadata = JSON.parse(await readFile(join(versions, name, `${id}.json`), "utf8"));
      const item = deleted ? "deleted" : JSON.parse(await readFile(join(versions, name, file), "utf8"));
      found.push([name, eventOf(metadata, item)]);
    }
  }
  return found;
}

async function inBucket(place: TestPlace, table: TestTable): Promise<Found> {
  const client = s3Client();
  const Bucket = new URL(place.url).hostname;
  const found: Found = [];
  const Prefix = `${table.name}/`;
  let more = true;
  let markers = {};
  while (more) {
    const page = await client.send(new ListObjectVersionsCommand({ Bucket, Prefix, ...markers }));
    const read = (page.Versions ?? []).map(async ({ Key, VersionId }): Promise<Found[number]> => {
      const { Body, Metadata = {} } = await client.send(new GetObjectCommand({ Bucket, Key, VersionId }));
      const text = await Body!.transformToString();
      // What is recorded of a deletion is in an empty object beneath its marker.
      const item = Metadata["ddbr-tombstone"] === "1" ? "deleted" : JSON.parse(text);
      return [Key!.slice(table.name.length + 1), eventOf(Metadata, item)];
    });
    found.push(...(await Promise.all(read)));
    more = page.IsTruncated === true;
    markers = { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker };
  }
  client.destroy();
  return found;
}

function eventOf(metadata: Record<string, string>, item: unknown): StoredEvent {
  return {
    sequence: metadata["ddbr-sequence"]!,
    event: metadata["ddbr-event"]!,
    at: metadata["ddbr-time"]!,
    item,
  };
}
