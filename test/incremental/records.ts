import { statSync } from "node:fs";
import { join } from "node:path";
import { paginateListObjectsV2 } from "@aws-sdk/client-s3";
import pLimit from "p-limit";
import { s3Client } from "../helpers/s3.ts";
import type { TestPlace } from "../helpers/stores.ts";
import type { Item } from "../helpers/table.ts";
import { comparable, idName, wireForm } from "./folding.ts";

/** A record of about 100 bytes with the key `id`. */
export function record(id: string, note = ""): Item & { id: { S: string } } {
  return { id: { S: id }, note: { S: `${note}${"x".repeat(60)}` }, at: { N: "1732330101.5" } };
}

export function records(count: number): ReturnType<typeof record>[] {
  return Array.from({ length: count }, (_, n) => record(`record-${n}`));
}

/** The folder that these records make: key → content. */
export function folderOf(items: ReturnType<typeof record>[], folder: string): Map<string, string> {
  return new Map(
    items.map((item) => [`${folder}/${idName(item.id.S)}`, comparable(wireForm(item))] as const).sort(),
  );
}

/** What a folder really holds, by plain reading; every object has to be JSON. */
export async function heldIn(place: TestPlace, folder: string): Promise<Map<string, string>> {
  const keys = await place.keys(folder);
  const held = await pLimit(32).map(keys, async (key): Promise<[string, string]> => {
    return [key, comparable(JSON.parse((await place.get(key))!.toString()))];
  });
  return new Map(held);
}

/** A text for each object that changes whenever the object is written, even with the same content. */
export async function stampsOf(place: TestPlace, folder: string): Promise<Map<string, string>> {
  if (place.kind === "directory") {
    const keys = await place.keys(folder);
    return new Map(keys.map((key) => [key, `${statSync(join(place.url, key)).ino}`]));
  }
  const client = s3Client();
  const query = { Bucket: place.url.slice("s3://".length), Prefix: `${folder}/` };
  const stamps = new Map<string, string>();
  for await (const { Contents } of paginateListObjectsV2({ client }, query)) {
    for (const { Key, LastModified } of Contents ?? []) stamps.set(Key!, LastModified!.toISOString());
  }
  client.destroy();
  return stamps;
}

/** The keys whose stamps are new or others. */
export function changedSince(before: Map<string, string>, after: Map<string, string>): string[] {
  return [...after.keys()].filter((key) => before.get(key) !== after.get(key)).sort();
}
