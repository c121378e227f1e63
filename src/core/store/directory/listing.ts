import type { ObjectVersion } from "../object-store.ts";
import { lookAt } from "./files.ts";
import type { WalkedObject } from "./folder-walk.ts";
import { fileOf, modifiedOf, originalId } from "./version-name.ts";

const PAGE_ENTRIES = 1_000;

/** The object's key, unless it is deleted. */
export function currentKey({ paths, names }: WalkedObject): string[] {
  return names.at(-1)?.deleted ? [] : [paths.key];
}

/** The object's versions and deletions, newest first; none when it is gone since. */
export function versionsOf({ paths, names }: WalkedObject): ObjectVersion[] {
  const { key } = paths;
  if (names.length === 0) {
    const plain = lookAt(paths.plain);
    if (!plain?.isFile()) return [];
    const versionId = originalId(plain.mtimeMs);
    const modified = modifiedOf(versionId);
    return [{ key, versionId, modified, size: plain.size, deleted: false, archived: false }];
  }
  return names.toReversed().map((name) => ({
    key,
    versionId: name.id,
    modified: modifiedOf(name.id),
    size: name.deleted ? 0 : (lookAt(`${paths.versions}/${fileOf(name)}`)?.size ?? 0),
    deleted: name.deleted,
    archived: false,
  }));
}

/** Pages of about a thousand entries; what one object has is never parted. */
export async function* inPages<Entry>(
  pieces: AsyncIterable<WalkedObject[]>,
  entriesOf: (object: WalkedObject) => Entry[],
): AsyncGenerator<Entry[]> {
  let page: Entry[] = [];
  for await (const piece of pieces) {
    for (const object of piece) {
      const entries = entriesOf(object);
      if (page.length > 0 && page.length + entries.length > PAGE_ENTRIES) {
        yield page;
        page = [];
      }
      for (const entry of entries) page.push(entry);
    }
  }
  if (page.length > 0) yield page;
}
