import { afterEach, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DISCREPANCY_KINDS } from "../../../src/core/diff/discrepancy.ts";
import { DiscrepancySpool, type SpoolOptions } from "../../../src/tui/state/spool/discrepancy-spool.ts";
import { runProgram } from "../../helpers/cli.ts";
import { bigRecord, NASTY_TEXTS, nastyRecord, record } from "../fixtures/records.ts";

const spools: DiscrepancySpool[] = [];

function newSpool(options?: SpoolOptions): DiscrepancySpool {
  const spool = new DiscrepancySpool(options);
  spools.push(spool);
  return spool;
}

afterEach(() => {
  for (const spool of spools.splice(0)) spool.close();
});

test("200,000 rows take little memory", async () => {
  const program = join(import.meta.dir, "..", "fixtures", "spool-memory.ts");
  // In a process of its own: what other tests leave behind would count as well.
  const { stdout, stderr, code } = await runProgram([process.execPath, program]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(Number(stdout)).toBeLessThan(80);
});

test("200,000 rows are found again, by place, kind and key", () => {
  const spool = newSpool();
  const rows = 200_000;
  for (let number = 0; number < rows; number++) spool.append(record(number), true);

  expect(spool.count("all")).toBe(rows);
  expect(spool.notListed).toBe(0);
  for (let number = 0; number < rows; number += 997) {
    expect(spool.read(number)).toEqual(record(number));
    expect(spool.summary(number).key).toBe(`{"id":"u-${10_000 + number}","at":${1_732_330_000 + number}}`);
    expect(spool.rowOf(record(number).key)).toBe(number);
  }
  expect(spool.rowOf(record(rows).key)).toBeUndefined();

  const kinds = Array.from({ length: rows }, (_, number) => record(number).kind);
  for (const kind of DISCREPANCY_KINDS) {
    const expected = kinds.flatMap((each, row) => (each === kind ? [row] : []));
    expect(spool.count(kind)).toBe(expected.length);
    for (let position = 0; position < expected.length; position += 331) {
      expect(spool.rowAt(kind, position)).toBe(expected[position]!);
      expect(spool.positionOf(kind, expected[position]!)).toBe(position);
    }
    expect(spool.rowAt(kind, expected.length)).toBeUndefined();
    expect(spool.rowAt(kind, -1)).toBeUndefined();
  }
});

test("rows can be read while others are still being appended", () => {
  const spool = newSpool();
  for (let number = 0; number < 3000; number++) {
    spool.append(record(number));
    if (number % 100 === 0) expect(spool.read(number)).toEqual(record(number));
  }
  expect(spool.read(2999)).toEqual(record(2999));
});

test("big and nasty records come back as they were; their summaries are short and safe", () => {
  const spool = newSpool();
  const records = [bigRecord(1), ...NASTY_TEXTS.map((_, number) => nastyRecord(number))];
  for (const each of records) spool.append(each);
  for (const [row, each] of records.entries()) {
    expect(spool.read(row)).toEqual(each);
    const { key, attributes } = spool.summary(row);
    expect(key.length).toBeLessThanOrEqual(500);
    expect(key + attributes).not.toMatch(/[\x00-\x1f\x7f-\x9f\u2028\u202e]/);
  }
});

test("names of thousands of attributes are summed up", () => {
  const spool = newSpool();
  const attributes = Array.from({ length: 5000 }, (_, number) => ({
    name: `attribute-${number}`,
    primary: { S: "x" },
  }));
  spool.append({ kind: "missing", key: { id: { S: "k" } }, attributes });
  expect(spool.summary(0).attributes).toMatch(/^attribute-0, attribute-1, .*, and 49\d\d more$/);
  expect(spool.read(0).attributes).toHaveLength(5000);
});

test("what became of a row", () => {
  const spool = newSpool();
  for (let number = 0; number < 5; number++) spool.append(record(number), true);
  spool.mark(spool.rowOf(record(1).key)!, "repaired");
  spool.mark(3, "failed", "too big");
  expect([0, 1, 2, 3].map((row) => spool.state(row))).toEqual(["open", "repaired", "open", "failed"]);
  expect([0, 1, 2, 3].map((row) => spool.kind(row))).toEqual([0, 1, 2, 3].map((row) => record(row).kind));
  expect(spool.reason(3)).toBe("too big");
  expect(spool.countState("open")).toBe(3);
  expect([...spool.openKeys()]).toEqual([0, 2, 3, 4].map((row) => record(row).key));
  spool.mark(3, "repaired");
  expect(spool.reason(3)).toBeUndefined();
});

test("a key is known in every spelling, once it is followed", () => {
  const spool = newSpool();
  spool.append({ kind: "missing", key: { n: { N: "100" }, a: { S: "x" } }, attributes: [] });
  const spelled = { a: { S: "x" }, n: { N: "1E2" } };
  expect(spool.rowOf(spelled)).toBeUndefined();
  for (const _ of spool.openKeys());
  expect(spool.rowOf(spelled)).toBe(0);
});

test("full, it only counts", () => {
  const spool = newSpool({ mostRows: 10 });
  for (let number = 0; number < 25; number++) spool.append(record(number));
  expect(spool.count("all")).toBe(10);
  expect(spool.notListed).toBe(15);
  expect(spool.problem).toContain("full");
});

test("without a place to write, it only counts", () => {
  const spool = newSpool({ directory: "/nowhere/at/all" });
  spool.append(record(1));
  expect(spool.count("all")).toBe(0);
  expect(spool.notListed).toBe(1);
  expect(spool.problem).toContain("ENOENT");
});

test("nothing is left on the disk, and nobody else could have read it", () => {
  const directory = mkdtempSync(join(tmpdir(), "ddbr-test-"));
  try {
    const spool = newSpool({ directory });
    spool.append(record(1));
    if (process.platform !== "win32") expect(readdirSync(directory)).toEqual([]);
    spool.close();
    expect(readdirSync(directory)).toEqual([]);
    expect(() => spool.read(0)).toThrow("closed");
  } finally {
    rmSync(directory, { recursive: true });
  }
});
