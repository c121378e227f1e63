import { expect, test } from "bun:test";
import { DescribeTableCommand } from "@aws-sdk/client-dynamodb";
import type { AttributeValue, WireItem } from "../../src/core/item/attribute-value.ts";
import { itemSize } from "../../src/core/item/size.ts";
import { type TestTable, withTables } from "../helpers/table.ts";

// DynamoDB keeps two decimal digits in a byte, counted from the point: 1.5 takes two of them, 15 one.
const NUMBERS = [
  ...["0", "1", "-1", "12", "123", "10", "100", "110", "1500", "150", "0.1", "0.01", "0.15", "0.015"],
  ...["1.5", "-1.5", "15.15", "5.55", "123.4567", "-0.001", "99e60", "99e61", "-99e61", "1e125", "1e-130"],
  ...["12345678901234567890123456789012345678", "1.2345678901234567890123456789012345678"],
];
const VALUES: AttributeValue[] = [
  ...NUMBERS.map((N) => ({ N })),
  ...[{ S: "" }, { S: "é日😀" }, { BOOL: true }, { NULL: true as const }, { L: [] }, { M: {} }],
  ...[
    { SS: ["a", "bb"] },
    { NS: ["1", "2.5", "-3"] },
    { L: [{ S: "x" }, { M: { a: { L: [{ N: "1" }] } } }] },
  ],
];

test("the size of an item is what the server counts", async () => {
  await withTables([{ hash: { name: "id", type: "S" } }], async (table) => {
    const wrong: string[] = [];
    for (const value of VALUES) {
      const item: WireItem = { id: { S: "a" }, v: value };
      await table.put(item as Parameters<TestTable["put"]>[0]);
      const counted = await bytesOf(table);
      if (itemSize(item) !== counted)
        wrong.push(`${JSON.stringify(value)}: ${itemSize(item)}, not ${counted}`);
    }
    expect(wrong).toEqual([]);
  });
});

async function bytesOf({ client, name }: TestTable): Promise<number> {
  const { Table } = await client.send(new DescribeTableCommand({ TableName: name }));
  return Table?.TableSizeBytes ?? Number.NaN;
}
