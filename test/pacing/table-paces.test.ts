import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { parseTableLocation } from "../../src/core/location.ts";
import type { Pace } from "../../src/core/table/pace.ts";
import { openTable, type Table } from "../../src/core/table/table.ts";
import { startFaultProxy } from "../helpers/fault-proxy.ts";
import type { FaultRule } from "../helpers/fault-rules.ts";
import { order } from "../helpers/orders.ts";
import { createTable, type TestTable } from "../helpers/table.ts";

/** Notes what it is told. */
class NotedPace implements Pace {
  rate = Number.POSITIVE_INFINITY;
  booked: number[] = [];
  settled: number[] = [];
  throttles = 0;

  async ready(units: number): Promise<void> {
    this.booked.push(units);
  }

  spent(units: number): void {
    this.settled.push(units);
  }

  throttled(): void {
    this.throttles++;
  }
}

interface Paced {
  table: Table;
  read: NotedPace;
  write: NotedPace;
}

const never = new AbortController().signal;
const ITEMS = 400;
let source: TestTable;
let target: TestTable;

beforeAll(async () => {
  [source, target] = await Promise.all([createTable(), createTable()]);
  await source.load(Array.from({ length: ITEMS }, (_, at) => order(`order-${at}`)));
});

afterAll(() => Promise.all([source.drop(), target.drop()]));

async function paced(of: TestTable, rules: FaultRule[], body: (paced: Paced) => Promise<void>) {
  const proxy = await startFaultProxy({ target: new URL(of.location).origin, rules });
  const [read, write] = [new NotedPace(), new NotedPace()];
  const location = parseTableLocation(`${proxy.url}/${of.name}`);
  const table = await openTable(location, { paces: { read, write } });
  try {
    await body({ table, read, write });
  } finally {
    table.close();
    await proxy.stop();
  }
}

function throttling(operation: string): FaultRule {
  return { fault: { kind: "throttle" }, operations: [operation], nth: [1, 2] };
}

function notes({ throttles, booked, settled }: NotedPace) {
  return { throttles, bookings: booked.length, settlements: settled.length };
}

const NOTHING = { throttles: 0, bookings: 0, settlements: 0 };

describe("a table's pace is told when the table throttles", () => {
  test("a scan", () =>
    paced(source, [throttling("Scan")], async ({ table, read, write }) => {
      await Array.fromAsync(table.scan(0, 1, never));
      // Repeated without asking for its turn again: what is refused has cost nothing.
      expect(notes(read)).toEqual({ throttles: 2, bookings: 1, settlements: 1 });
      expect(notes(write)).toEqual(NOTHING);
    }));

  test("a batch of which a part is left undone", () =>
    paced(
      source,
      [{ fault: { kind: "unprocessed", share: 0.5 }, operations: ["BatchGetItem"], nth: 1 }],
      async ({ table, read, write }) => {
        const keys = Array.from({ length: 10 }, (_, at) => ({ id: { S: `order-${at}` } }));
        expect(await table.read(keys, true, never)).toHaveLength(10);
        expect(notes(read)).toEqual({ throttles: 1, bookings: 2, settlements: 2 });
        expect(read.booked).toEqual([10, 5]);
        expect(notes(write)).toEqual(NOTHING);
      },
    ));

  test("a conditional write, and what it has booked is given back", () =>
    paced(target, [throttling("PutItem")], async ({ table, read, write }) => {
      const item = { id: { S: "one" } };
      for (const attempt of [1, 2]) {
        await table.readyToWrite(never);
        await expect(table.put(item, undefined)).rejects.toMatchObject({ code: "throttled" });
        expect(notes(write)).toEqual({ throttles: attempt, bookings: attempt, settlements: attempt });
      }
      await table.readyToWrite(never);
      expect(await table.put(item, undefined)).toBe("written");
      // Its condition doesn't hold: that is charged as well.
      await table.readyToWrite(never);
      expect(await table.put(item, undefined)).toBe("race-lost");
      expect(write.settled).toEqual([0, 0, 1, 1]);
      expect(notes(read)).toEqual(NOTHING);
    }));

  test("but not when something else fails", () =>
    paced(
      source,
      [{ fault: { kind: "server-error" }, operations: ["Scan"], nth: [1, 2] }],
      async ({ table, read }) => {
        await Array.fromAsync(table.scan(0, 1, never));
        expect(read.throttles).toBe(0);
      },
    ));
});

describe("no request is for more than a second's worth of the rate", () => {
  test("pages, whose size follows the rate", () =>
    paced(source, [], async ({ table, read }) => {
      read.rate = 4;
      let pages = 0;
      for await (const page of table.scan(0, 1, never)) {
        if (++pages === 3) read.rate = 1;
        expect(page.length).toBeLessThan(120);
      }
      for (const [index, units] of read.settled.entries()) {
        expect(units).toBeLessThanOrEqual(index < 3 ? 4.5 : 1.5);
      }
      expect(Math.max(...read.settled)).toBeGreaterThan(3);
    }));

  test("a page where no rate is known yet is the smallest that is not wasted", () =>
    paced(source, [], async ({ table, read }) => {
      read.rate = 0;
      const [first] = await Array.fromAsync(table.scan(0, 1, never));
      // As many as half a unit pays for.
      expect(first!.length).toBeGreaterThan(5);
      expect(read.settled[0]).toBeLessThanOrEqual(1);
    }));

  test("reads by key", () =>
    paced(source, [], async ({ table, read }) => {
      read.rate = 30;
      const keys = Array.from({ length: 100 }, (_, at) => ({ id: { S: `order-${at}` } }));
      expect(await table.read(keys, true, never)).toHaveLength(100);
      expect(read.booked).toEqual([30, 30, 30, 10]);
    }));

  test("batches of writes", () =>
    paced(target, [], async ({ table, write }) => {
      write.rate = 10;
      const items = Array.from({ length: 25 }, (_, at) => ({ id: { S: `batch-${at}` } }));
      await table.write(items, never);
      expect(write.booked).toEqual([10, 10, 5]);
      expect(write.settled).toEqual([10, 10, 5]);
    }));
});
