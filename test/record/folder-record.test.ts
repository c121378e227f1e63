import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { dynamoDbEndpoint } from "../helpers/dynamodb.ts";
import { type FaultProxy, startFaultProxy } from "../helpers/fault-proxy.ts";
import { s3Endpoint } from "../helpers/s3.ts";
import { newPlace, STORE_KINDS, type TestPlace } from "../helpers/stores.ts";
import { createTable, type TestTable } from "../helpers/table.ts";
import { eventsOf, keyText, linesOf, objectOf, onFolder, record } from "./record-runs.ts";

for (const kind of STORE_KINDS) {
  describe(`a record and its object (${kind})`, () => {
    let place: TestPlace;
    let table: TestTable;
    beforeAll(async () => {
      place = await newPlace(kind);
    });
    afterAll(() => place.drop());
    beforeEach(async () => {
      table = await createTable();
    });
    afterEach(() => table.drop());

    const diff = (...args: string[]) => onFolder("incremental-diff-record", table, place, args);
    const backUp = (...args: string[]) => onFolder("incremental-backup-record", table, place, args);
    const held = async (id: string) => {
      const body = await place.get(objectOf(table, id));
      return body === undefined ? undefined : JSON.parse(body.toString());
    };
    /** So that there is a folder. */
    const begin = () => place.put(objectOf(table, "other"), '{"id":{"S":"other"}}');

    test("backed up: the item in wire form under the key's hash; then equal, changed, deleted", async () => {
      await table.put(record("a", { n: { N: "1e2" }, b: { B: Uint8Array.of(1) }, s: { SS: ["y", "x"] } }));
      const first = await backUp(keyText("a"));
      expect(first).toMatchObject({ code: 0, stderr: "" });
      expect(linesOf(first.stdout).slice(0, 3)).toEqual([
        '{"id":"a"}',
        `table   ${table.location}`,
        `backup  ${place.url}/${table.name}`,
      ]);
      expect(first.stdout).toContain("+ n  100  (added)\n");
      expect(first.stdout).toEndWith("put and verified\n");
      expect(await held("a")).toMatchObject({ id: { S: "a" }, n: { N: "100" }, b: { B: "AQ==" } });
      expect(await place.keys(table.name)).toEqual([objectOf(table, "a")]);

      const equal = await diff(keyText("a"));
      expect(equal.code).toBe(0);
      expect(equal.stdout).toContain("\n= n  100\n");
      expect(equal.stdout).toEndWith("\nequivalent\n");
      expect((await backUp(keyText("a"))).stdout).toEndWith("equivalent already: nothing to write\n");

      await table.put(record("a", { n: { N: "5" } }));
      const changed = await diff(keyText("a"));
      expect(changed.code).toBe(1);
      expect(linesOf(changed.stdout).slice(3)).toEqual([
        '= id  "a"',
        '- b  B "AQ=="  (only in the backup)',
        "~ n  5 → 100",
        '- s  SS ["x","y"]  (only in the backup)',
        "different",
      ]);
      expect((await backUp(keyText("a"))).code).toBe(0);
      expect(await held("a")).toEqual({ id: { S: "a" }, n: { N: "5" } });

      await table.delete({ id: { S: "a" } });
      const gone = await diff(keyText("a"));
      expect(linesOf(gone.stdout).slice(3, 5)).toEqual([
        "the record is only in the backup",
        '- id  "a"  (only in the backup)',
      ]);
      const deleted = await backUp(keyText("a"));
      expect(deleted).toMatchObject({ code: 0 });
      expect(deleted.stdout).toEndWith("- n  5  (removed)\ndeleted and verified\n");
      expect(await held("a")).toBeUndefined();
    });

    test("on neither side; --dry-run writes nothing; --json; the table is never written to", async () => {
      await begin();
      await table.load([record("a", { n: { N: "1" } }), record("b")]);
      await place.put(objectOf(table, "gone"), '{"id":{"S":"gone"},"x":{"L":[]}}');
      const keys = ["a", "gone", "nowhere"].map(keyText);
      const before = await place.keys(table.name);
      const dry = await backUp(...keys, "--dry-run");
      expect(dry.code).toBe(1);
      expect(dry.stdout).toEndWith("3 records: 1 would be put, 1 would be deleted, 1 on neither side\n");
      expect(await place.keys(table.name)).toEqual(before);
      const run = await backUp(...keys, "--json");
      expect(run.code).toBe(0);
      const events = eventsOf(run).map(({ key, action, before, after }) => [key.id.S, action, before, after]);
      expect(events.sort()).toEqual([
        ["a", "put", null, { id: { S: "a" }, n: { N: "1" } }],
        ["gone", "delete", { id: { S: "gone" }, x: { L: [] } }, null],
        ["nowhere", "absent", undefined, undefined],
      ]);
      expect(await held("a")).toEqual({ id: { S: "a" }, n: { N: "1" } });
      expect(await held("gone")).toBeUndefined();
      expect(await table.items()).toHaveLength(2);
    });

    test("under the name that older tools give: compared, said, and kept", async () => {
      const older = objectOf(table, "a", "md5");
      const name = older.split("/")[1]!;
      await table.put(record("a", { n: { N: "2" } }));
      await place.put(older, '{"id":{"S":"a"},"n":{"N":"1"}}');
      const whole = await diff(keyText("a"));
      expect(whole.code).toBe(1);
      expect(whole.stdout).toContain(`\nits object has a name of older tools: ${name}\n`);
      expect(whole.stdout).toContain("\n~ n  2 → 1\n");
      expect((await diff(keyText("a"), keyText("b"))).stdout).toContain(`  n  (older name ${name})\n`);
      expect(eventsOf(await diff(keyText("a"), "--json"))).toMatchObject([{ olderName: name }]);
      expect((await backUp(keyText("a"))).code).toBe(0);
      expect(await place.keys(table.name)).toEqual([older]);
      expect(JSON.parse((await place.get(older))!.toString())).toEqual({ id: { S: "a" }, n: { N: "2" } });
      await table.delete({ id: { S: "a" } });
      expect((await backUp(keyText("a"))).code).toBe(0);
      expect(await place.keys(table.name)).toEqual([]);
    });

    test.each([
      ["no JSON", "what?", "is not JSON"],
      ["no item", '{"id":"a"}', "is not an item in wire form"],
      ["another record", '{"id":{"S":"b"}}', "holds another record"],
      ["no text", Uint8Array.of(0xff, 0x00), "is not UTF-8 text"],
    ])("an object that holds %s: told, replaced; deleted where the record is gone", async (_, body, says) => {
      const object = objectOf(table, "a");
      const name = object.split("/")[1]!;
      await table.put(record("a"));
      await place.put(object, body);
      const found = await diff(keyText("a"));
      expect(found.code).toBe(1);
      expect(found.stdout).toContain(`\nin the backup object ${name} ${says}\n`);
      expect(eventsOf(await diff(keyText("a"), "--json"))).toMatchObject([
        { state: "different", equivalent: false, replica: null, problem: `object ${name} ${says}` },
      ]);
      const replaced = await backUp(keyText("a"));
      expect(replaced.code).toBe(0);
      expect(replaced.stdout).toContain(`\nin the backup object ${name} ${says}\n`);
      expect(await held("a")).toEqual({ id: { S: "a" } });
      await table.delete({ id: { S: "a" } });
      await place.put(object, body);
      expect((await diff(keyText("a"), keyText("b"))).stdout).toContain(
        `[extraneous] {"id":"a"}  object ${name} ${says}\n`,
      );
      expect((await backUp(keyText("a"))).stdout).toEndWith("\ndeleted and verified\n");
      expect(await place.keys(table.name)).toEqual([]);
    });

    test("composite keys of a number and binary, spelled in other ways", async () => {
      const odd = await createTable({ hash: { name: "n", type: "N" }, range: { name: "b", type: "B" } });
      try {
        await odd.put({ n: { N: "1.50" }, b: { B: Uint8Array.of(0, 1) }, x: { S: "1" } });
        const keys = ['{"b":"AAE=","n":1.500}', '{"n":{"N":"15e-1"},"b":{"B":"AAE="}}'];
        const run = await onFolder("incremental-backup-record", odd, place, keys);
        expect(run.stdout).toEndWith("1 record: 1 put and verified\n");
        const other = await onFolder("incremental-diff-record", odd, place, ['{"n":"1.5","b":"AAE="}']);
        expect(other).toMatchObject({ code: 0, stderr: "" });
        expect(other.stdout).toStartWith('{"n":1.5,"b":"AAE="}\n');
        const canonical = Bun.SHA256.hash('{"b":{"B":"AAE="},"n":{"N":"1.5"}}', "hex");
        expect(await place.keys(odd.name)).toEqual([`${odd.name}/${canonical}`]);
      } finally {
        await odd.drop();
      }
    });

    test("220 keys of standard input through faults of the table", async () => {
      const items = Array.from({ length: 220 }, (_, at) => record(`r-${at}`, { n: { N: String(at) } }));
      await table.load(items.slice(0, 200));
      for (const { id } of items.slice(190)) {
        await place.put(objectOf(table, id!.S!), JSON.stringify({ id: { S: id!.S } }));
      }
      const proxy = await startFaultProxy({
        target: dynamoDbEndpoint(),
        rules: [
          { fault: { kind: "throttle" }, operations: ["BatchGetItem"], rate: 0.2 },
          { fault: { kind: "unprocessed", share: 0.5 }, rate: 0.3 },
        ],
      });
      try {
        const location = `${proxy.url}/${table.name}`;
        const stdin = items.map(({ id }) => `${keyText(id!.S!)}\n`).join("");
        const run = await onFolder("incremental-backup-record", { location }, place, ["-q"], { stdin });
        expect(run).toMatchObject({ code: 0, stderr: "" });
        expect(run.stdout).toEndWith("220 records: 200 put and verified, 20 deleted and verified\n");
        expect(await place.keys(table.name)).toEqual(
          items
            .slice(0, 200)
            .map(({ id }) => objectOf(table, id!.S!))
            .sort(),
        );
      } finally {
        await proxy.stop();
      }
    });

    test("the table's record changes when the object is written: what is verified is the newest", async () => {
      await begin();
      await table.put(record("a", { v: { N: "1" } }));
      let reads = 0;
      const proxy = await startFaultProxy({
        target: dynamoDbEndpoint(),
        async onResponse(operation) {
          // The first read has been answered: the table has a newer image before the object is written.
          if (operation === "BatchGetItem" && ++reads === 1) await table.put(record("a", { v: { N: "2" } }));
        },
      });
      try {
        const location = `${proxy.url}/${table.name}`;
        const run = await onFolder("incremental-backup-record", { location }, place, [
          keyText("a"),
          "--json",
        ]);
        expect(run.code).toBe(0);
        expect(await held("a")).toEqual({ id: { S: "a" }, v: { N: "2" } });
        expect(eventsOf(run)).toMatchObject([{ action: "put", after: { v: { N: "2" } } }]);
      } finally {
        await proxy.stop();
      }
    });
  });
}

describe("faults of S3", () => {
  let place: TestPlace;
  let table: TestTable;
  let proxy: FaultProxy;
  beforeAll(async () => {
    [place, table] = await Promise.all([newPlace("s3"), createTable()]);
    proxy = await startFaultProxy({ target: s3Endpoint() });
    await table.load([record("a"), record("b")]);
  });
  afterAll(() => Promise.all([proxy.stop(), place.drop(), table.drop()]));
  afterEach(() => proxy.setRules([]));

  const backUp = (...args: string[]) =>
    onFolder("incremental-backup-record", table, place, args, { endpoint: proxy.url });

  test("passing ones are repeated, also where the answer to a write is lost", async () => {
    proxy.setRules([
      { fault: { kind: "throttle" }, operations: ["PUT", "GET"], rate: 0.3 },
      { fault: { kind: "reset-after" }, operations: ["PUT"], nth: [1, 2] },
    ]);
    const run = await backUp(keyText("a"), keyText("b"));
    expect(run).toMatchObject({ code: 0, stderr: "" });
    expect(await place.keys(table.name)).toHaveLength(2);
  });

  test("writing is not allowed: one line, the record named, exit 2", async () => {
    await table.put(record("c"));
    proxy.setRules([{ fault: { kind: "access-denied" }, operations: ["PUT"], always: true }]);
    const run = await backUp(keyText("c"));
    expect(run.code).toBe(2);
    expect(run.stdout).toContain('{"id":"c"}\n');
    expect(run.stdout).toContain("\nnot done: ");
    expect(run.stderr).toMatch(/^ddbr: [^\n]*not allowed[^\n]*PutObject[^\n]*\n$/);
  });

  test("reading is not allowed: one line, no verdict, exit 2", async () => {
    const open = proxy.stats.calls.GET ?? 0;
    proxy.setRules([
      { fault: { kind: "access-denied" }, operations: ["GET"], nth: [open + 2, open + 3, open + 4] },
    ]);
    const run = await onFolder("incremental-diff-record", table, place, [keyText("a")], {
      endpoint: proxy.url,
    });
    expect(run).toMatchObject({ code: 2, stdout: "" });
    expect(run.stderr).toMatch(/^ddbr: [^\n]*not allowed[^\n]*GetObject[^\n]*\n$/);
  });
});
