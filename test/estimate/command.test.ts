import { describe, expect, test } from "bun:test";
import { expectRefused } from "../bad-input/refusal.ts";
import { runDdbr } from "../helpers/cli.ts";
import { ID_KEY, withTables } from "../helpers/table.ts";

const BILLION = ["--items", "1e9", "--item-size", "350"];
const COMMANDS = ["diff-tables", "backup-table", "incremental-diff", "restore-table"];

async function shown(words: string[]): Promise<string> {
  const { code, stdout, stderr } = await runDdbr(["estimate", ...words]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  return stdout;
}

describe("what is printed", () => {
  test.each(COMMANDS)("%s: a table for each engine, on 80 columns", async (command) => {
    for (const size of [
      BILLION,
      ["--items", "12", "--item-size", "409600"],
      ["--items", "1e12", "--item-size", "1e5"],
    ]) {
      const lines = (await shown([command, ...size])).trimEnd().split("\n");
      for (const line of lines) expect(line.length, line).toBeLessThanOrEqual(80);
      for (const name of ["ONE MACHINE", "AWS BATCH", "STEP FUNCTIONS"]) {
        const from = lines.findIndex((line) => line.startsWith(name));
        expect(lines[from]).toMatch(/requests +read units +write units +cost$/);
        const table = lines.slice(from, lines.indexOf("", from));
        expect(table.some((line) => /^ {2}all +\$[\d.]+$/.test(line))).toBeTrue();
        expect(
          table.some((line) =>
            /^ {2}time .+: ([\d,]+ (jobs?|functions?), )?[\d,]+ of [\d,]+ segments? at once$/.test(line),
          ),
        ).toBeTrue();
      }
    }
  });

  test("what is more than an engine allows is named", async () => {
    expect(await shown(["diff-tables", ...BILLION, "--segments", "100000"])).toMatch(
      /589,091 {2}of 262,144 bytes of the execution's input - TOO MANY/,
    );
    expect(await shown(["diff-tables", ...BILLION])).not.toContain("TOO MANY");
  });

  test("--json: one object with all figures", async () => {
    const told = JSON.parse(await shown(["restore-table", ...BILLION, "--max-wcu", "20000", "--json"]));
    expect(told).toMatchObject({ event: "estimate", command: "restore-table", partitions: 33 });
    expect(told.question).toMatchObject({ maxWriteUnits: 20_000, drift: 1 });
    expect(told.engines.map(({ engine }: { engine: string }) => engine)).toEqual([
      ...["one-machine", "batch", "step-functions"],
    ]);
    const written = told.engines[0].parts.find(
      ({ operation }: { operation: string }) => operation === "PutItem",
    );
    expect(written.writeUnits).toEqual({ low: 1e9, likely: 1e9, high: 1e9 });
    // 1,000 write units a millionth of a dollar each, and what reading takes.
    expect(told.engines[0].cost.units).toBeGreaterThan(625);
  });

  test("prices are those that are given", async () => {
    const cost = async (...more: string[]) =>
      JSON.parse(await shown(["diff-tables", ...BILLION, "--json", ...more])).engines[0].cost.units as number;
    expect((await cost("--read-price", "0.25")) / (await cost())).toBeCloseTo(2, 6);
  });
});

describe("what is refused", () => {
  test.each<[string, string[], RegExp[]]>([
    ["no size", ["diff-tables"], [/size of the table is not known/, /--items and --item-size, or a primary/]],
    ["half a size", ["diff-tables", "--items", "5"], [/not known wholly/]],
    ["both", ["diff-tables", "local/one", "local/two", "--items", "5"], [/--items contradicts "local\/one"/]],
    ["one table", ["diff-tables", "local/one"], [/takes a primary and a replica/]],
    ["another command", ["drill", ...BILLION], [/"drill" is nothing that can be estimated/, /diff-tables/]],
    ["a word for a number", ["diff-tables", "--items", "many", "--item-size", "3"], [/--items is "many"/]],
    ["an item of 1 MB", ["diff-tables", "--items", "5", "--item-size", "1e6"], [/--item-size/, /409600/]],
    ["a share above 1", ["diff-tables", ...BILLION, "--drift", "2"], [/--drift/]],
    [
      "a table made by a dump",
      ["backup-table", ...BILLION, "--create"],
      [/--create contradicts backup-table/],
    ],
    ["a table that is none", ["backup-table", "orders", "s3://bucket"], [/"orders"/, /region\/table/]],
    ["a place that is none", ["backup-table", "local/orders", "bucket"], [/"bucket"/]],
    ["a server that is not there", ["backup-table", "127.0.0.1:1/orders", "s3://bucket"], [/127.0.0.1:1/]],
  ])("%s", async (_, words, says) => {
    await expectRefused(["estimate", ...words], says);
  });

  test("an empty table, of which nothing is known", async () => {
    await withTables([ID_KEY], async ({ location }) => {
      const words = ["estimate", "backup-table", location, "s3://bucket/prefix"];
      await expectRefused(words, [/described as empty/, /--items and --item-size/]);
    });
  });
});
