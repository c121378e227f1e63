import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { WireItem as Item } from "../../src/core/item/attribute-value.ts";
import { dynamoDbEndpoint } from "../helpers/dynamodb.ts";
import { newPlace, STORE_KINDS, type TestPlace } from "../helpers/stores.ts";
import { createTable, type KeySchema, type TestTable } from "../helpers/table.ts";
import { respelling } from "../item/respell.ts";
import { wireItem } from "../item/wire-items.ts";
import {
  COMPRESS,
  exportLines,
  hashName,
  incrementalDiff,
  lines,
  type WireItem,
  writeDump,
  writeFolder,
} from "./diff-backups.ts";

const SCHEMA: KeySchema = { hash: { name: "n", type: "N" }, range: { name: "b", type: "B" } };
const WANTED = 400;

/** A request in DynamoDB's own words, so that an item goes in and comes out as it is, spelled as it is. */
async function call(operation: string, body: object): Promise<Record<string, unknown> | undefined> {
  const Authorization =
    "AWS4-HMAC-SHA256 Credential=test/20261123/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0";
  const headers = { "X-Amz-Target": `DynamoDB_20120810.${operation}`, Authorization };
  const content = { "Content-Type": "application/x-amz-json-1.0" };
  const answer = await fetch(dynamoDbEndpoint(), {
    method: "POST",
    headers: { ...headers, ...content },
    body: JSON.stringify(body),
  });
  return answer.ok ? ((await answer.json()) as Record<string, unknown>) : undefined;
}

let table: TestTable;
/** Everything as the service returns it, and the same in other words. */
let stored: Item[];
let respelled: Item[];

beforeAll(async () => {
  table = await createTable(SCHEMA);
  const drawn = fc.sample(wireItem, { numRuns: WANTED, seed: 20261123 });
  // What is no item for DynamoDB (numbers out of range, sets with equal members) it refuses itself.
  await Promise.all(
    drawn.map((item, at) => {
      const key = { n: { N: `${at - 200}.50` }, b: { B: Buffer.from([at % 7, 255]).toString("base64") } };
      return call("PutItem", { TableName: table.name, Item: { ...item, ...key } });
    }),
  );
  const scanned = await call("Scan", { TableName: table.name, ConsistentRead: true });
  stored = scanned!.Items as Item[];
  const [respell] = fc.sample(respelling, { numRuns: 1, seed: 5 });
  respelled = stored.map((item) => respell!(item));
}, 60_000);

afterAll(() => table.drop());

/** The key as the service spells it, alphabetically: what an object is called by. */
const nameOf = (item: WireItem, at: number) => hashName({ b: item.b, n: stored[at]!.n });

for (const kind of STORE_KINDS) {
  describe(`items of every type, in other words (${kind})`, () => {
    let place: TestPlace;
    beforeAll(async () => {
      place = await newPlace(kind);
    });
    afterAll(() => place.drop());

    const equal = async (path: string) => {
      const run = await incrementalDiff(table.location, place, path);
      expect(run.report).toEqual([]);
      expect(run.stdout).toContain("no discrepancies: the backup equals the table");
      expect(run.stdout).toContain(`backup: ${stored.length} items`);
      expect(run.stdout).toContain("in flight 0");
      expect(run.code).toBe(0);
    };

    test("there is something to compare", () => {
      expect(stored.length).toBeGreaterThan(WANTED / 2);
      const different = stored.filter((item, at) => JSON.stringify(item) !== JSON.stringify(respelled[at]));
      expect(different.length).toBeGreaterThan(WANTED / 4);
    });

    test("a folder", async () => {
      let at = 0;
      await writeFolder(place, `folders/${table.name}`, respelled, (item) => nameOf(item, at++));
      await equal("folders");
    }, 60_000);

    test("a dump", async () => {
      await writeDump(place, "dump", respelled);
      await equal("dump");
    });

    test("a snapshot, of items and of an export's lines", async () => {
      await place.put("snapshot", COMPRESS.gzip(lines(respelled)));
      await equal("snapshot");
      await place.put("exported", COMPRESS.zstd(exportLines(respelled)));
      await equal("exported");
    });
  });
}
