import { expect, test } from "bun:test";
import { createTable, withTables } from "../helpers/table.ts";

test("loads 200k", async () => {
  const table = await createTable();
  const pad = "x".repeat(300);
  const start = performance.now();
  await table.load((function* () { for (let i = 0; i < 200_000; i++) yield { id: { S: `id-${i}` }, pad: { S: pad }, n: { N: String(i) } }; })());
  console.log("load", performance.now() - start);
  const s2 = performance.now();
  expect((await table.items()).length).toBe(200_000);
  console.log("scan", performance.now() - s2);
  await table.drop();
});
