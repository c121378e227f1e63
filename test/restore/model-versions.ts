import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { GetObjectCommand, ListObjectVersionsCommand } from "@aws-sdk/client-s3";
import type { WireItem } from "../../src/core/item/attribute-value.ts";
import { nameOf } from "../follow/stored-events.ts";
import { s3Client } from "../helpers/s3.ts";
import type { Model } from "./model.ts";

/** Ids of the versions that hold an item, by plain means. */
export async function storedVersions(model: Model, kind: string, id: string): Promise<string[]> {
  const place = model.places[kind]!;
  if (kind === "directory") {
    const versions = join(place.url, model.table.name, ".ddbr", "versions", nameOf(id));
    const files = await Array.fromAsync(new Bun.Glob("*").scan(versions));
    return files.filter((file) => !file.endsWith(".json") && !file.endsWith(".deleted")).sort();
  }
  const client = s3Client();
  const query = { Bucket: new URL(place.url).hostname, Prefix: `${model.table.name}/${nameOf(id)}` };
  const { Versions = [] } = await client.send(new ListObjectVersionsCommand(query));
  client.destroy();
  return Versions.filter(({ Size }) => Size! > 0).map(({ VersionId }) => VersionId!);
}

/** What such a version holds. */
export async function storedItem(model: Model, kind: string, id: string, version: string): Promise<WireItem> {
  const place = model.places[kind]!;
  if (kind === "directory") {
    const versions = join(place.url, model.table.name, ".ddbr", "versions", nameOf(id));
    return JSON.parse(await readFile(join(versions, version), "utf8"));
  }
  const client = s3Client();
  const Key = `${model.table.name}/${nameOf(id)}`;
  const { Body } = await client.send(
    new GetObjectCommand({ Bucket: new URL(place.url).hostname, Key, VersionId: version }),
  );
  const text = await Body!.transformToString();
  client.destroy();
  return JSON.parse(text);
}
