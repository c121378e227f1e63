import type { ObjectStore, ObjectVersion } from "../../../src/core/store/object-store.ts";

export interface OpenedStore {
  store: ObjectStore;
  /** Another store on the same place, as another process would open it. */
  reopen(): Promise<ObjectStore>;
  /** Closes whatever was opened and removes the place with all that is in it. */
  drop(): Promise<void>;
}

/** What a store under test is meant to be. */
export interface StoreTraits {
  keepsVersions: boolean;
}

/** What a part of the contract suite works with. */
export interface ContractSubject {
  traits: StoreTraits;
  /** Shared by all tests: each keeps to a folder of its own. */
  store(): ObjectStore;
  reopen(): Promise<ObjectStore>;
  folder(): string;
  /** Runs with an empty place that nobody else uses. */
  alone(use: (opened: OpenedStore) => Promise<void>): Promise<void>;
}

/** For what takes thousands of requests. */
export const LONG_MS = 120_000;

export async function allOf<Element>(pages: AsyncIterable<Element[]>): Promise<Element[]> {
  const all: Element[] = [];
  for await (const page of pages) {
    // Spreading a page of any length into push() could overflow the stack.
    for (const element of page) all.push(element);
  }
  return all;
}

export async function keysUnder(store: ObjectStore, folder: string): Promise<string[]> {
  return (await allOf(store.list(folder))).sort();
}

export async function versionsOf(store: ObjectStore, key: string): Promise<ObjectVersion[]> {
  return allOf(store.versions({ key }));
}

export async function textOf(
  store: ObjectStore,
  key: string,
  versionId?: string,
): Promise<string | undefined> {
  return (await store.get(key, versionId))?.body.toString();
}

/** All of the bytes that `read` streams; undefined when there is no object. */
export async function streamed(
  store: ObjectStore,
  key: string,
): Promise<{ size: number; body: Buffer } | undefined> {
  const opened = await store.read(key);
  if (opened === undefined) return undefined;
  const pieces: Uint8Array[] = [];
  for await (const piece of opened.body) pieces.push(piece);
  return { size: opened.size, body: Buffer.concat(pieces) };
}

/** What the action fails with; undefined when it succeeds. */
export async function failureOf(action: () => Promise<unknown>): Promise<unknown> {
  try {
    await action();
    return undefined;
  } catch (error) {
    return error;
  }
}
