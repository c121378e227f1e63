import { expect } from "bun:test";
import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import type { ObjectStore } from "../../src/core/store/object-store.ts";
import { versionsOf } from "./contract/subject.ts";
import { type Acknowledgement, type Attempt, contentOf } from "./directory-child.ts";

/** What a child said: its attempts in order, with the id where it was acknowledged. */
export type Tried = Attempt & { versionId: string | undefined };

export function triedOf(output: string): Tried[] {
  const tried = new Map<number, Tried>();
  // The last line may be cut off.
  for (const line of output.split("\n").slice(0, -1)) {
    const said: Attempt | Acknowledgement = JSON.parse(line);
    if ("done" in said) tried.get(said.done)!.versionId = said.versionId;
    else tried.set(said.number, { ...said, versionId: undefined });
  }
  return [...tried.values()];
}

/** Whether a version is what that attempt would have made. */
async function isOf(store: ObjectStore, attempt: Tried, id: string, deleted: boolean): Promise<boolean> {
  const { key, size } = attempt;
  if (deleted !== (size === undefined)) return false;
  const metadata = await store.metadata(key, id);
  if (!Bun.deepEquals(metadata, attempt.metadata)) return false;
  if (size === undefined) return true;
  return (await store.get(key, id))!.body.equals(contentOf({ ...attempt, size }));
}

/**
 * Checks that a key's versions are its attempts in order: every acknowledged one, whole; of the others any, whole; and
 * nothing else.
 */
export async function checkHistory(store: ObjectStore, key: string, attempts: Tried[]): Promise<void> {
  const versions = (await versionsOf(store, key)).reverse();
  const acknowledgedIds = new Set(attempts.map((attempt) => attempt.versionId));
  let at = 0;
  for (const attempt of attempts) {
    const version = versions[at];
    const acknowledged = attempt.versionId !== undefined;
    if (acknowledged) expect(version?.versionId, `${key}, write ${attempt.number}`).toBe(attempt.versionId!);
    else if (acknowledgedIds.has(version?.versionId)) continue; // One deletion is like another.
    const is = version !== undefined && (await isOf(store, attempt, version.versionId, version.deleted));
    if (acknowledged) expect(is, `${key}, content of write ${attempt.number}`).toBe(true);
    if (is) at++;
  }
  expect(at, `${key} has versions that nobody wrote`).toBe(versions.length);
  const newest = versions.at(-1);
  const current = await store.get(key);
  expect(current?.versionId).toBe(newest?.deleted ? undefined : newest?.versionId);
}

/** Temporary files, and metadata without a version, anywhere below. */
export async function litterIn(root: string): Promise<string[]> {
  const names = await readdir(root, { recursive: true });
  const all = new Set(names);
  const litter: string[] = [];
  for (const name of names) {
    const described = /^(.*\/\.ddbr\/versions\/.*)\.json$/.exec(name)?.[1];
    const orphan = described !== undefined && !all.has(described) && !all.has(`${described}.deleted`);
    const temporary = /(^|\/)\.ddbr\/tmp\//.test(name);
    if ((orphan || temporary) && (await lstat(join(root, name))).isFile()) litter.push(name);
  }
  return litter;
}
