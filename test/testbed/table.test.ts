import { expect, test } from "bun:test";
import { type Item, withTables } from "../helpers/table.ts";

test("a table takes items of every type and gives them back", async () => {
  await withTables([{ hash: { name: "pk", type: "N" }, range: { name: "sk", type: "B" } }], async (table) => {
    const items: Item[] = [1, 2, 3].map((n) => ({
      pk: { N: "12345678901234567890123456789012345678" },
      sk: { B: new Uint8Array([n]) },
      nested: { M: { list: { L: [{ BOOL: true }, { NULL: true }] }, set: { SS: ["a", "b"] } } },
    }));
    await table.load(items);
    await table.delete({ pk: items[0]!.pk!, sk: items[0]!.sk! });
    await table.put({ ...items[1]!, extra: { S: "" } });
    const found = await table.items();
    expect(found.length).toBe(2);
    expect(found).toContainEqual({ ...items[1]!, extra: { S: "" } });
    expect(found).toContainEqual(items[2]!);
  });
});

test("loading takes thousands of items; tables of one test do not see each other's", async () => {
  await withTables(
    [{ hash: { name: "id", type: "S" } }, { hash: { name: "id", type: "S" } }],
    async (a, b) => {
      await a.load(numbered(3_001));
      await b.load(numbered(2));
      expect(new Set((await a.items()).map((item) => item.id?.S)).size).toBe(3_001);
      expect((await b.items()).length).toBe(2);
      expect(a.location).toBe(`${process.env.DDBR_TEST_DYNAMODB}/${a.name}`);
    },
  );
});

function* numbered(count: number): Generator<Item> {
  for (let n = 0; n < count; n++) yield { id: { S: `item ${n}` }, text: { S: "x".repeat(300) } };
}
