import { keyProblem } from "../store-location.ts";
import { folderEntries } from "./folder-entries.ts";
import type { Folders } from "./folders.ts";
import { type ObjectPaths, OWN_FOLDER, pathsIn, versionsFolder } from "./layout.ts";
import { isOriginal, modifiedOf, type VersionName } from "./version-name.ts";
import { versionNames } from "./versions-of-key.ts";

/** An object with all its versions, oldest first; without any its plain file is all there is. */
export interface WalkedObject {
  paths: ObjectPaths;
  names: VersionName[];
}

/** How far clocks may differ that write one directory, and how long a write may take from its time to its effect. */
const DOUBT_MS = 60_000;
/** Folders of versions that are read at once. */
const AT_ONCE = 64;

/**
 * Every object under a folder, deleted ones too, exactly once, in pieces. @param folder an absolute path
 * @param prefix what its keys begin with: `""` or `folder/`
 */
export async function* walkFolder(
  folders: Folders,
  folder: string,
  prefix: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<WalkedObject[]> {
  const waiting = [{ folder, prefix }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { folder, prefix } = next;
    if (!folders.isFolder(folder)) continue;
    const since = Date.now() - DOUBT_MS;
    const young = new Set<string>();
    for await (const piece of walkVersions(folders, folder, prefix, since, young)) {
      signal?.throwIfAborted();
      yield piece;
    }
    for await (const entries of folderEntries(folder)) {
      signal?.throwIfAborted();
      const files: ObjectPaths[] = [];
      for (const { name, kind } of entries) {
        if (name === OWN_FOLDER || keyProblem(prefix + name) !== undefined) continue;
        if (kind === "folder") waiting.push({ folder: `${folder}/${name}`, prefix: `${prefix}${name}/` });
        else if (!young.has(name)) files.push(pathsIn(folder, name, prefix + name));
      }
      yield* notWalkedYet(folders, folder, since, files);
      signal?.throwIfAborted();
    }
  }
}

/**
 * Objects with versions. Notes in `young` those that may have got them since the walk began: who looks at the
 * plain files afterwards could not tell otherwise whether they came here.
 */
async function* walkVersions(
  folders: Folders,
  folder: string,
  prefix: string,
  since: number,
  young: Set<string>,
): AsyncGenerator<WalkedObject[]> {
  const place = versionsFolder(folder);
  if (!folders.isFolder(place)) return;
  for await (const entries of folderEntries(place)) {
    const objects = entries
      .filter(({ name, kind }) => kind === "folder" && keyProblem(prefix + name) === undefined)
      .map(({ name }) => ({ name, paths: pathsIn(folder, name, prefix + name) }));
    for (let at = 0; at < objects.length; at += AT_ONCE) {
      const some = objects.slice(at, at + AT_ONCE);
      const walked = await Promise.all(some.map(({ paths }) => withVersions(folders, paths)));
      for (const [index, { names }] of walked.entries()) {
        if (names.length > 0 && !isOlder(names, since)) young.add(some[index]!.name);
      }
      yield walked.filter(({ names }) => names.length > 0);
    }
  }
}

/** Of plain files, those that {@link walkVersions} cannot have had. */
async function* notWalkedYet(
  folders: Folders,
  folder: string,
  since: number,
  files: ObjectPaths[],
): AsyncGenerator<WalkedObject[]> {
  if (!folders.isFolder(versionsFolder(folder))) {
    yield files.map((paths) => ({ paths, names: [] }));
    return;
  }
  for (let at = 0; at < files.length; at += AT_ONCE) {
    const some = files.slice(at, at + AT_ONCE);
    const walked = await Promise.all(some.map((paths) => withVersions(folders, paths)));
    yield walked.filter(({ names }) => names.length === 0 || !isOlder(names, since));
  }
}

async function withVersions(folders: Folders, paths: ObjectPaths): Promise<WalkedObject> {
  return { paths, names: await versionNames(folders, paths) };
}

/** Whether it had versions by then. The original may be older than that: it is kept when versions begin. */
function isOlder(names: VersionName[], since: number): boolean {
  const first = names.find(({ id }) => !isOriginal(id));
  return first !== undefined && modifiedOf(first.id) < since;
}
