import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { DeleteTableCommand } from "@aws-sdk/client-dynamodb";
import { createDice } from "../../src/core/demo/dice.ts";
import type { WireItem } from "../../src/core/item/attribute-value.ts";
import { dynamoDbClient, dynamoDbEndpoint } from "../helpers/dynamodb.ts";
import { uniqueName } from "../helpers/environment.ts";
import { newPlace, type StoreKind, type TestPlace } from "../helpers/stores.ts";
import { createTable, type Item, type TestTable } from "../helpers/table.ts";
import { readItems } from "../helpers/table-items.ts";
import { byId } from "../restore/helpers/changes.ts";
import { ids, someItems } from "../restore/helpers/items.ts";

/** Writes a dump as docs/formats.md says, without the program. */
export async function writeDump(
  place: TestPlace,
  folder: string,
  items: Item[],
  files: number,
): Promise<void> {
  const listed = [];
  for (let file = 0; file < files; file++) {
    const own = [...byId(items).values()].filter((_, index) => index % files === file);
    const body = gzipSync(own.map((item) => `${JSON.stringify(item)}\n`).join(""));
    const name = `${file}.json.gz`;
    await place.put(`${folder}/${name}`, body);
    const sha256 = createHash("sha256").update(body).digest("hex");
    listed.push({ name, segment: file, items: own.length, bytes: body.length, sha256 });
  }
  const manifest = {
    format: "ddbr-backup",
    version: 1,
    segments: files,
    startedAt: "2026-01-17T14:03:00.000Z",
    items: items.length,
    table: { keySchema: [{ name: "id", type: "S" }] },
    files: listed,
  };
  await place.put(`${folder}/manifest.json`, JSON.stringify(manifest));
}

/** A table, a dump of another state of it, and a place for the state of a restore. */
export interface DumpedTable {
  table: TestTable;
  source: TestPlace;
  /** The dump. */
  url: string;
  state: TestPlace;
  before: Map<string, WireItem>;
  /** What merging makes of it. */
  after: Map<string, WireItem>;
}

export interface DumpSettings {
  kind: StoreKind;
  records: number;
  files: number;
  seed: number;
  /** Characters that each record of the dump has beside. */
  padding?: number;
}

/** Some records of each kind: only in the dump, only in the table, in both and different or equal. */
export async function withDump(
  { kind, records, files, seed, padding = 0 }: DumpSettings,
  body: (dumped: DumpedTable) => Promise<void>,
): Promise<void> {
  const dice = createDice(seed);
  const table = await createTable();
  const source = await newPlace(kind);
  const state = await newPlace(kind, { versioned: false });
  try {
    const before = someItems(ids(records), dice, 0.7);
    const kept = before.filter(() => dice.chance(0.2));
    const pad: Item = padding > 0 ? { pad: { S: "x".repeat(padding) } } : {};
    const wanted = new Map(
      someItems(ids(records), dice, 0.8).map((item) => [item.id!.S!, { ...item, ...pad }]),
    );
    for (const item of kept) wanted.set(item.id!.S!, item);
    await table.load(before);
    await writeDump(source, "dump", [...wanted.values()], files);
    await body({
      table,
      source,
      url: `${source.url}/dump`,
      state,
      before: byId(before),
      after: byId([...before, ...wanted.values()]),
    });
  } finally {
    await Promise.all([table.drop(), source.drop(), state.drop()]);
  }
}

/** The second's records over the first's. */
export function merged(state: Map<string, WireItem>, over: Map<string, WireItem>): Map<string, WireItem> {
  return new Map([...state, ...over].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** A table that the program makes. */
export function tableToBeMade() {
  const client = dynamoDbClient();
  const name = uniqueName("made");
  return {
    client,
    name,
    location: `${dynamoDbEndpoint()}/${name}`,
    items: async () => byId(await readItems(client, name)),
    async drop() {
      await client.send(new DeleteTableCommand({ TableName: name })).catch(() => {});
      client.destroy();
    },
  };
}

export const stateOf = async (table: TestTable) => byId(await table.items());
