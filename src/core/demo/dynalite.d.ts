/**
 * The parts of dynalite that the demo uses; it has no types of its own.
 * `store` is there by patches/dynalite@4.0.0.patch.
 */
declare module "dynalite" {
  import type { Server } from "node:http";

  export type Done<Value = void> = (error: Error | null, value: Value) => void;

  export interface TableRecord {
    TableName: string;
    TableStatus: "CREATING" | "ACTIVE";
    ItemCount: number;
    TableSizeBytes: number;
  }

  interface SubDatabase {
    put(key: string, value: unknown, done: Done): void;
    batch(operations: { type: "put"; key: string; value: unknown }[], done: Done): void;
  }

  export interface Store {
    tableDb: SubDatabase;
    getItemDb(table: string): SubDatabase;
    /** Fails when there is no such table. */
    getTable(name: string, mustBeActive: boolean, done: Done<TableRecord>): void;
  }

  /** An in-memory DynamoDB behind an HTTP server that does not listen yet. */
  export default function dynalite(options: {
    createTableMs: number;
    deleteTableMs: number;
    updateTableMs: number;
  }): Server & { store: Store };
}

declare module "dynalite/actions/createTable" {
  import type { Done, Store } from "dynalite";

  /** Answers while the table is still being created. */
  export default function createTable(store: Store, input: object, done: Done<unknown>): void;
}

declare module "dynalite/db" {
  import type { TableRecord } from "dynalite";

  /** Where an item belongs in its table's database. */
  export function createKey(item: object, table: TableRecord): string;
}

declare module "dynalite/validations" {
  /** Returns what is wrong with a value, if anything, and spells its numbers as DynamoDB does, in place. */
  export function validateAttributeValue(value: object): string | undefined;
}
