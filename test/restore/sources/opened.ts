import type { RestoreSource, SourceRecord } from "../../../src/core/restore/restore-source.ts";
import { findSource } from "../../../src/core/restore/sources/find-source.ts";
import type { ObjectStore } from "../../../src/core/store/object-store.ts";
import { parseStoreLocation, type StoreLocation } from "../../../src/core/store/store-location.ts";
import type { TestPlace } from "../../helpers/stores.ts";
import { openAt as openDirectory } from "../../store/directory-place.ts";
import { openAt as openBucket } from "../../store/s3-opened.ts";

/** Opens stores, and counts those that are open. */
export function countingOpener() {
  let opened = 0;
  return {
    opened: () => opened,
    async open(location: StoreLocation): Promise<ObjectStore> {
      const store =
        location.kind === "s3" ? await openBucket(location.text) : await openDirectory(location.path);
      opened++;
      const close = store.close.bind(store);
      store.close = () => {
        opened--;
        close();
      };
      return store;
    },
  };
}

export interface Request {
  table?: string;
  at?: number;
}

const signal = new AbortController().signal;

/** What `findSource` finds there; it is closed, with all that was opened, when `use` has ended, or else this fails. */
export async function withSource<Result>(
  place: TestPlace,
  path: string,
  { table, at }: Request,
  use: (source: RestoreSource) => Promise<Result>,
): Promise<Result> {
  const location = parseStoreLocation(path === "" ? `${place.url}/` : `${place.url}/${path}`);
  const { open, opened } = countingOpener();
  const request = { table, at, storeOptions: {}, reads: 8 };
  const source = await findSource(location, request, open, signal).catch((error) => {
    if (opened() > 0) throw new Error(`${opened()} stores were left open`, { cause: error });
    throw error;
  });
  const result = await use(source).finally(() => source.close());
  if (opened() > 0) throw new Error(`${opened()} stores were left open`);
  return result;
}

export interface ReadSource {
  /** Items and deleted keys as JSON, sorted. */
  items: string[];
  deleted: string[];
  foreign: string[];
}

export async function readAll(source: RestoreSource): Promise<ReadSource> {
  const records: SourceRecord[] = [];
  const foreign: string[] = [];
  const listener = { foreign: (object: string, reason: string) => void foreign.push(`${object}: ${reason}`) };
  for await (const page of source.records(signal, listener)) records.push(...page);
  const texts = (values: unknown[]) =>
    values
      .filter(Boolean)
      .map((value) => JSON.stringify(value))
      .sort();
  return {
    items: texts(records.map(({ item }) => item)),
    deleted: texts(records.map(({ deleted }) => deleted)),
    foreign: foreign.sort(),
  };
}

/** Everything that is there, found and read. */
export function readPlace(place: TestPlace, path: string, request: Request = {}): Promise<ReadSource> {
  return withSource(place, path, request, readAll);
}

export const jsonOf = (values: unknown[]) => values.map((value) => JSON.stringify(value)).sort();

/** What a failure says to people, and its code. */
export async function failureOf(work: Promise<unknown>): Promise<{ code: string; text: string }> {
  try {
    await work;
  } catch (error) {
    const { code, subject, message, hint } = error as Record<string, string>;
    if (code === undefined) throw error;
    return { code, text: `${subject}: ${message} - ${hint}` };
  }
  throw new Error("it did not fail");
}
