import { afterAll, afterEach, beforeAll, beforeEach } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dynamoDbEndpoint } from "../helpers/dynamodb.ts";
import { type FaultProxy, startFaultProxy } from "../helpers/fault-proxy.ts";
import { recordWrites } from "../helpers/stream.ts";
import { createTable, type TestTable } from "../helpers/table.ts";
import { checkpointIn, type FollowerOptions } from "./follower.ts";

/** New for each test of a file. */
export interface FollowedTables {
  primary: TestTable;
  replica: TestTable;
  folder: string;
  /** Before both tables and the stream; without rules when a test begins. */
  proxy: FaultProxy;
  /** Puts records into the primary. */
  fill(from: number, to: number): Promise<void>;
  direct(options?: string[]): FollowerOptions;
  throughProxy(options?: string[]): FollowerOptions;
}

const MINUTE = 60_000;

/** Has the hooks of the file make and drop them. */
export function followedTables(): FollowedTables {
  const tables = {} as FollowedTables;
  const follower = (place: (table: TestTable) => string, options: string[]) => ({
    primary: place(tables.primary),
    target: place(tables.replica),
    checkpoint: checkpointIn(tables.folder),
    options,
  });
  tables.direct = (options = []) => follower(({ location }) => location, options);
  tables.throughProxy = (options = []) => follower(({ name }) => `${tables.proxy.url}/${name}`, options);
  tables.fill = async (from, to) => {
    for (let id = from; id < to; id++) await tables.primary.put(item(id));
  };
  beforeAll(async () => {
    tables.proxy = await startFaultProxy({ target: dynamoDbEndpoint() });
  });
  afterAll(() => tables.proxy.stop());
  beforeEach(async () => {
    [tables.primary, tables.replica] = await Promise.all([createTable(), createTable()]);
    await recordWrites(tables.primary);
    tables.folder = await mkdtemp(join(tmpdir(), "ddbr-follow-"));
    tables.proxy.setRules([]);
  }, MINUTE);
  afterEach(async () => {
    const { primary, replica, folder } = tables;
    await Promise.all([primary.drop(), replica.drop(), rm(folder, { recursive: true })]);
  });
  return tables;
}

export const item = (id: number, more = {}) => ({ id: { S: `key-${id}` }, n: { N: `${id}` }, ...more });

/** The ids that a table holds, sorted. */
export async function ids(table: TestTable): Promise<string[]> {
  return (await table.items()).map(({ id }) => id!.S!).sort();
}

/** The ids of so many records, sorted. */
export function names(from: number, to: number): string[] {
  return Array.from({ length: to - from }, (_, index) => `key-${from + index}`).sort();
}
