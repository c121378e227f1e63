import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { DescribeTableCommand } from "@aws-sdk/client-dynamodb";
import { DDBR } from "../helpers/cli.ts";
import { startFaultProxy } from "../helpers/fault-proxy.ts";
import { programEnvironment } from "../helpers/program-environment.ts";
import { s3Endpoint } from "../helpers/s3.ts";
import { STORE_KINDS, withPlace } from "../helpers/stores.ts";
import { createTable, type TestTable } from "../helpers/table.ts";
import {
  backfill,
  comparable,
  eventsOf,
  idName,
  MINUTES,
  snapshot,
  snapshotLines,
  wireForm,
} from "./folding.ts";
import { changedSince, folderOf, heldIn, record, records, stampsOf } from "./records.ts";

const ITEMS = records(80);
let table: TestTable;
let progressName: string;
let expected: Map<string, string>;

beforeAll(async () => {
  table = await createTable();
  await table.load(ITEMS);
  progressName = `${table.name}.backfill.json`;
  expected = folderOf(ITEMS, table.name);
}, MINUTES);
afterAll(() => table.drop());

const key = (id: string) => `${table.name}/${idName(id)}`;

describe.each(STORE_KINDS)("--only-missing, on %s", (kind) => {
  test("writes what is absent or differs, and nothing else", async () => {
    await withPlace(kind, async (place) => {
      expect((await backfill(table, place)).code).toBe(0);
      const absent = ["record-1", "record-22", "record-79"];
      const different = ["record-3", "record-33"];
      const broken = ["record-4", "record-44", "record-45"];
      for (const id of absent) await place.remove(key(id));
      for (const id of different) await place.put(key(id), JSON.stringify(record(id, "stale ")));
      await place.put(key("record-4"), "<html>");
      await place.put(key("record-44"), "");
      await place.put(key("record-45"), JSON.stringify(record("record-46")));
      // The same item, spelled otherwise.
      const { id, ...others } = wireForm(record("record-5")) as Record<string, unknown>;
      await place.put(
        key("record-5"),
        JSON.stringify({ ...others, at: { N: "17323301015E-1" }, id }, null, 1),
      );
      const before = await stampsOf(place, table.name);

      const proxy = await startFaultProxy({ target: s3Endpoint(), log: true });
      try {
        const result = await backfill(table, place, {
          endpoint: proxy.url,
          options: ["--only-missing", "--json", "--segments", "2"],
        });
        expect(result.code, result.stdout).toBe(0);
        const wrong = [...absent, ...different, ...broken];
        expect(eventsOf(result).at(-1)).toMatchObject({
          totals: { read: 80, written: wrong.length, kept: 80 - wrong.length },
        });
        const changed = changedSince(before, await stampsOf(place, table.name));
        expect(changed).toEqual(wrong.map(key).sort());
        // Besides the records: the progress at the beginning and at most after each segment.
        const puts = proxy.stats.calls.PUT! - wrong.length;
        if (kind === "s3") expect([1, 2, 3]).toContain(puts);
        for (const id of wrong) {
          expect(comparable(JSON.parse((await place.get(key(id)))!.toString()))).toBe(expected.get(key(id))!);
        }
      } finally {
        await proxy.stop();
      }
    });
  });

  test("finds records under the names that older tools gave them, and writes those there", async () => {
    const md5 = (id: string) => createHash("md5").update(`{"id":{"S":"${id}"}}`).digest("hex");
    await withPlace(kind, async (place) => {
      for (const item of ITEMS) {
        await place.put(`${table.name}/${md5(item.id.S)}`, JSON.stringify(item));
      }
      await place.put(`${table.name}/${md5("record-7")}`, JSON.stringify(record("record-7", "stale ")));
      // Another record under that name is not the record.
      await place.put(`${table.name}/${md5("record-8")}`, JSON.stringify(record("record-9")));
      const before = await stampsOf(place, table.name);
      expect((await backfill(table, place, { options: ["--only-missing"] })).code).toBe(0);
      const changed = changedSince(before, await stampsOf(place, table.name));
      expect(changed).toEqual([`${table.name}/${md5("record-7")}`, key("record-8")].sort());
    });
  });
});

describe("a table with a key of two attributes", () => {
  test("is found under names of either order", async () => {
    const schema = { hash: { name: "pk", type: "S" }, range: { name: "at", type: "N" } } as const;
    const pair = await createTable(schema);
    try {
      for (const at of [7, 9, 11]) await pair.put({ pk: { S: "x" }, at: { N: `${at}` } });
      await withPlace("directory", async (place) => {
        // By sha256sum and md5sum, of {"pk":{"S":"x"},"at":{"N":"7"}} and {"at":{"N":"9"},"pk":{"S":"x"}}.
        const older = [
          "a61f35e94a1b2a6906957aaa8a1609e480dd846dae3418e2550d282a7fcedbcf",
          "1a626318193c24ff67c9a43c9a6ae546",
        ];
        await place.put(`${pair.name}/${older[0]}`, '{"pk":{"S":"x"},"at":{"N":"7"}}');
        await place.put(`${pair.name}/${older[1]}`, '{"pk":{"S":"x"},"at":{"N":"9"}}');
        const result = await backfill(pair, place, { options: ["--only-missing", "--json"] });
        expect(eventsOf(result).at(-1)).toMatchObject({ totals: { written: 1, kept: 2 } });
        expect(await place.keys(pair.name)).toHaveLength(3);
        expect((await snapshot(place, pair.name, "out.gz")).code).toBe(0);
        const items = (await snapshotLines(place, "out.gz")).map((line) => JSON.parse(line).at.N);
        expect(items.sort()).toEqual(["11", "7", "9"]);
      });
    } finally {
      await pair.drop();
    }
  });
});

describe.each(STORE_KINDS)("the progress of a backfill, on %s", (kind) => {
  /** The progress object as docs/formats.md has it. */
  async function progress(done: [number, number][], changes: object = {}): Promise<string> {
    const { Table } = await table.client.send(new DescribeTableCommand({ TableName: table.name }));
    return JSON.stringify({
      format: "ddbr-backfill",
      version: 1,
      table: Table!.TableArn,
      createdAt: Table!.CreationDateTime!.getTime(),
      segments: 8,
      done,
      ...changes,
    });
  }

  test("is there while it runs, says what is done, and is gone at the end", async () => {
    await withPlace(kind, async (place) => {
      const seen: string[] = [];
      const proxy = await startFaultProxy({
        target: table.location.replace(/\/[^/]*$/, ""),
        async onRequest(operation) {
          if (operation === "Scan") seen.push((await place.get(progressName))!.toString());
        },
      });
      try {
        const through = { location: `${proxy.url}/${table.name}` };
        const options = ["--segments", "8", "--concurrency", "1"];
        expect((await backfill(through, place, { options })).code).toBe(0);
        expect(seen).toHaveLength(8);
        // It may be some seconds behind, and never says more than is so.
        let said = 0;
        for (const [segment, text] of seen.entries()) {
          const { done } = JSON.parse(text);
          expect(text).toBe(await progress(done));
          const now = done.length === 0 ? 0 : done[0][1] + 1;
          expect(done).toEqual(now === 0 ? [] : [[0, now - 1]]);
          expect([said, now, segment]).toEqual([said, now, segment].sort((one, other) => one - other));
          said = now;
        }
        expect(await place.keys()).toEqual([...expected.keys()]);
      } finally {
        await proxy.stop();
      }
    });
  });

  test("is saved when the run is stopped", async () => {
    await withPlace(kind, async (place) => {
      const words = ["incremental-backfill", table.location, place.url, ...place.options(), "--json"];
      const child = Bun.spawn([DDBR, ...words, "--segments", "40", "--concurrency", "1", "--max-rcu", "5"], {
        env: programEnvironment(place.env),
        stdin: "ignore",
        stdout: "pipe",
        stderr: "inherit",
      });
      let stdout = "";
      let stopped = false;
      for await (const piece of child.stdout.pipeThrough(new TextDecoderStream())) {
        stdout += piece;
        // Once: a second one ends the program at once.
        if (stopped || stdout.split('"event":"segment-done"').length <= 12) continue;
        child.kill("SIGINT");
        stopped = true;
      }
      expect(await child.exited).toBe(130);
      const done = eventsOf({ stdout }).filter(({ event }) => event === "segment-done");
      expect(done.length).toBeLessThan(40);
      const saved = JSON.parse((await place.get(progressName))!.toString());
      expect(saved.done).toEqual([[0, done.length - 1]]);
    });
  });

  test("--resume does the segments that are not done", async () => {
    await withPlace(kind, async (place) => {
      await place.put(
        progressName,
        await progress([
          [0, 2],
          [4, 5],
          [7, 7],
        ]),
      );
      const result = await backfill(table, place, { options: ["--resume", "--json"] });
      expect(result.code).toBe(0);
      const events = eventsOf(result);
      const began = events.filter(({ event }) => event === "segment-started").map(({ segment }) => segment);
      expect(began).toEqual([3, 6]);
      expect(events.at(-1)).toMatchObject({ outcome: "complete", totals: { segmentsKept: 6 } });
      const keys = await place.keys();
      expect(keys).not.toContain(progressName);
      expect(keys.length).toBeLessThan(ITEMS.length);
      expect(keys.every((key) => expected.has(key))).toBe(true);
    });
  });

  test.each([
    ["progress", () => progress([[0, 2]])],
    ["what cannot be read", async () => "{"],
  ])("without --resume %s is begun anew, with a warning", async (_, text) => {
    await withPlace(kind, async (place) => {
      await place.put(progressName, await text());
      const { code, stdout } = await backfill(table, place, { options: ["--plain"] });
      expect(code).toBe(0);
      expect(stdout).toMatch(/\[warn\].*\[warning\] an interrupted backfill is begun anew; --resume/);
      expect(await place.keys()).toEqual([...expected.keys()]);
      const again = await backfill(table, place, { options: ["--plain", "--resume"] });
      expect(again.stdout).toContain("there is no interrupted backfill to resume");
    });
  });

  const REFUSED: [string, () => Promise<string>, string[], RegExp][] = [
    ["other segments", () => progress([[0, 0]]), ["--segments", "9"], /begun with 8 segments/],
    [
      "another table",
      () => progress([[0, 0]], { table: "arn:other" }),
      [],
      /begun with another table, arn:other/,
    ],
    ["a table made anew", () => progress([[0, 0]], { createdAt: 5 }), [], /begun with another table/],
    ["what is no progress", async () => "[]", [], /no record of a backfill's progress.*without --resume/],
    ["what is no JSON", async () => "<html>", [], /no record of a backfill's progress.*without --resume/],
    ["impossible segments", () => progress([[7, 8]]), [], /no record of a backfill's progress/],
    ["ranges that go backwards", () => progress([[3, 2]]), [], /no record of a backfill's progress/],
  ];
  test.each(REFUSED)("of %s is not resumed", async (_, text, options, says) => {
    await withPlace(kind, async (place) => {
      await place.put(progressName, await text());
      const { code, stdout, stderr } = await backfill(table, place, { options: ["--resume", ...options] });
      expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
      expect(stderr).toMatch(/^ddbr: [^\n]*\n$/);
      expect(stderr).toMatch(says);
      expect(await place.keys()).toEqual([progressName]);
    });
  });
});

test("a folder that has been filled holds just the table, whatever number of writes is allowed", async () => {
  await withPlace("directory", async (place) => {
    for (const writes of ["1", "3", "1024"]) {
      const options = ["--writes", writes, "--concurrency", "3", "--consistent"];
      expect((await backfill(table, place, { options })).code).toBe(0);
      expect(await heldIn(place, table.name)).toEqual(expected);
    }
  });
});

test("however many segments there are, the progress is saved now and then, and stays small", async () => {
  await withPlace("directory", async (place) => {
    const options = ["--segments", "400", "--concurrency", "4"];
    const result = await backfill(table, place, { options });
    expect(result.code, result.stdout).toBe(0);
    const versions = join(place.url, ".ddbr/versions", progressName);
    const saved = readdirSync(versions).filter((name) => !name.endsWith(".deleted"));
    expect(saved.length).toBeGreaterThan(1);
    expect(saved.length).toBeLessThan(150);
    expect(Math.max(...saved.map((name) => statSync(join(versions, name)).size))).toBeLessThan(300);
  });
});

test("no more writes are under way than is allowed", async () => {
  await withPlace("s3", async (place) => {
    let now = 0;
    let most = 0;
    const proxy = await startFaultProxy({
      target: s3Endpoint(),
      rules: [{ fault: { kind: "delay", ms: 5 }, operations: ["PUT"], always: true }],
      onRequest: () => {
        now++;
        most = Math.max(most, now);
      },
      onResponse: () => {
        now--;
      },
    });
    try {
      const options = ["--writes", "2", "--concurrency", "4", "--segments", "4"];
      expect((await backfill(table, place, { endpoint: proxy.url, options })).code).toBe(0);
      // And one that saves the progress.
      expect(most).toBeLessThanOrEqual(3);
      expect(most).toBeGreaterThan(1);
    } finally {
      await proxy.stop();
    }
  });
});
