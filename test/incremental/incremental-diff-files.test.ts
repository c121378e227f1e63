import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { order } from "../helpers/orders.ts";
import { newPlace, STORE_KINDS, type TestPlace } from "../helpers/stores.ts";
import { createTable, type TestTable } from "../helpers/table.ts";
import {
  COMPRESS,
  type Compression,
  type DiffRunResult,
  type DumpOptions,
  exportLines,
  incrementalDiff,
  lines,
  writeDump,
  writeFolder,
} from "./diff-backups.ts";

const ORDERS = Array.from({ length: 400 }, (_, at) => order(`order-${at}`));
type Dump = Parameters<NonNullable<DumpOptions["manifest"]>>[0];
const COMPRESSIONS = Object.keys(COMPRESS) as Compression[];

let table: TestTable;
beforeAll(async () => {
  table = await createTable();
  await table.load(ORDERS);
});
afterAll(() => table.drop());

/** One line that says what is wrong, exit 2, and never a word that could be taken for a result. */
function expectRefusal(run: DiffRunResult, problem: RegExp): void {
  const told = `${run.stdout}${run.stderr}`.split("\n").filter((line) => problem.test(line));
  expect({ told: told.length, output: run.stdout + run.stderr }).toMatchObject({ told: 1 });
  expect(run.stdout + run.stderr).not.toMatch(/\n\s+at |equals the table|unexpected failure/);
  expect(run.code).toBe(2);
}

for (const kind of STORE_KINDS) {
  describe(`files (${kind})`, () => {
    let place: TestPlace;
    beforeAll(async () => {
      place = await newPlace(kind);
    });
    afterAll(() => place.drop());

    let file = 0;
    const diffWith = async (bytes: Uint8Array | string) => {
      const name = `files/${++file}`;
      await place.put(name, bytes);
      return incrementalDiff(table.location, place, name, [], { settle: "0" });
    };

    const diffWithDump = async (options: DumpOptions) => {
      const name = `dumps/${++file}`;
      await writeDump(place, name, ORDERS, options);
      return incrementalDiff(table.location, place, name, [], { settle: "0" });
    };

    for (const compression of COMPRESSIONS) {
      const pack = COMPRESS[compression];

      test(`${compression}: told by content, whatever the file is called`, async () => {
        expect((await diffWith(pack(lines(ORDERS)))).code).toBe(0);
        expect((await diffWith(pack(exportLines(ORDERS)))).code).toBe(0);
        expect((await diffWith(pack(lines(ORDERS).trimEnd()))).code).toBe(0);
        const { code, found } = await diffWith(pack(lines(ORDERS.slice(1))));
        expect([code, ...found]).toEqual([1, "missing order-0"]);
      });

      test(`${compression}: in several pieces put together, it is read whole`, async () => {
        const pieces = [ORDERS.slice(0, 100), ORDERS.slice(100, 101), ORDERS.slice(101)];
        expect((await diffWith(Buffer.concat(pieces.map((piece) => pack(lines(piece)))))).code).toBe(0);
      });

      test(`${compression}: cut short anywhere`, async () => {
        const whole = pack(lines(ORDERS));
        const inside = [1, 3, 9, 17, whole.length >> 1, whole.length - 5, whole.length - 2];
        // What is made of the bytes does not depend on where they come from.
        const lengths = kind === "s3" ? [3, whole.length >> 1] : inside;
        for (const length of lengths) {
          expectRefusal(await diffWith(whole.subarray(0, length)), /cut short|not JSON|no item/);
        }
      });

      test(`${compression}: a flipped byte`, async () => {
        const changed = Buffer.from(pack(lines(ORDERS)));
        // Not within a value of a plain file, where only a manifest can tell.
        const at = compression === "none" ? changed.indexOf("}\n{") : changed.length >> 1;
        changed[at]! ^= 0x55;
        expectRefusal(await diffWith(changed), /corrupted|not JSON|no item/);
      });

      test(`${compression}: a dump equals; of one that was changed since, the file is named`, async () => {
        expect((await diffWithDump({ compression })).code).toBe(0);
        const damaged = (change: (file: { items: number; sha256: string }) => void) =>
          diffWithDump({
            compression,
            manifest: (whole) => {
              change(whole.files[1]!);
              return whole;
            },
          });
        const hash = await damaged((entry) => {
          entry.sha256 = entry.sha256.replace(/^./, (digit) => (digit === "0" ? "1" : "0"));
        });
        expectRefusal(hash, /dumps\/\d+\/1: its SHA-256 is not what its manifest says/);
        const count = await damaged((entry) => {
          entry.items++;
        });
        expectRefusal(count, /dumps\/\d+\/1: holds 133 items, its manifest says 134/);
      });
    }

    test("garbage after a compressed file's end is not passed over", async () => {
      const whole = COMPRESS.gzip(lines(ORDERS));
      expectRefusal(await diffWith(Buffer.concat([whole, Buffer.from("and more")])), /corrupted|not JSON/);
    });

    test("a dump with several files of a segment", async () => {
      const inTwo = ({ files, ...whole }: Dump) => ({
        ...{ ...whole, segments: 2 },
        files: files.map((one) => ({ ...one, segment: Math.min(one.segment, 1) })),
      });
      expect((await diffWithDump({ manifest: inTwo })).code).toBe(0);
    });

    test("a dump whose file is gone, that names no files, or is of another make", async () => {
      const gone = diffWithDump({
        manifest: (whole) => {
          whole.files[2]!.name = "elsewhere";
          return whole;
        },
      });
      expectRefusal(await gone, /elsewhere: is not there/);
      const manifests: ((whole: Dump) => unknown)[] = [
        (whole) => ({ ...whole, files: [] }),
        (whole) => ({ ...whole, files: whole.files.slice(1) }),
        (whole) => ({ ...whole, files: whole.files.with(1, { ...whole.files[2]!, name: "3" }) }),
        (whole) => ({ ...whole, files: whole.files.with(2, { ...whole.files[2]!, segment: 3 }) }),
        (whole) => ({ ...whole, files: [...whole.files, whole.files[2]] }),
        ({ segments: _, ...whole }) => whole,
        (whole) => ({ ...whole, files: [null, 1, {}] }),
        (whole) => ({ ...whole, version: 2 }),
        () => ({ format: "other" }),
        () => null,
        () => [],
      ];
      for (const manifest of kind === "s3" ? manifests.slice(0, 1) : manifests) {
        expectRefusal(await diffWithDump({ manifest }), /manifest\.json: is no manifest of a backup/);
      }
    });

    test("a manifest that is no JSON", async () => {
      await place.put("broken/manifest.json", '{"format": "ddbr-');
      expectRefusal(await incrementalDiff(table.location, place, "broken"), /manifest\.json: is not JSON/);
    });

    test("a snapshot's manifest beside it counts", async () => {
      const manifest = { format: "ddbr-snapshot", version: 1, items: 399, sha256: "0".repeat(64) };
      await place.put("checked/orders.manifest.json", JSON.stringify(manifest));
      await place.put("checked/orders", COMPRESS.gzip(lines(ORDERS)));
      const run = await incrementalDiff(table.location, place, "checked/orders");
      expectRefusal(run, /holds 400 items, its manifest says 399/);
    });

    test("an empty file, and one of blank lines or of other things", async () => {
      expectRefusal(await diffWith(""), /: is empty/);
      if (kind === "s3") return;
      for (const text of ["[]\n", "null\n", "5\n", '"x"\n', "{}\n", '{"Item":5}\n', '{"id":"order-1"}\n']) {
        expectRefusal(await diffWith(text), /line 1 holds no item in wire form/);
      }
      expectRefusal(await diffWith("id,status\n1,paid\n"), /line 1 is not JSON/);
      expectRefusal(await diffWith(Buffer.alloc(20 * 1024 * 1024, 120)), /is no file of items/);
    });

    test("another table's backup", async () => {
      const others = [{ sku: { S: "a" } }, { sku: { S: "b" } }];
      expectRefusal(await diffWith(lines(others)), /holds an item without the key of .*another table/);
      expectRefusal(await diffWith(lines([{ id: { N: "1" } }])), /holds an item without the key of /);
    });

    test("of a record that comes several times the last counts", async () => {
      const [first, ...others] = ORDERS;
      const stale = { ...first!, status: { S: "stale" } };
      const staleLast = await diffWith(lines([first!, ...others, stale]));
      expect([staleLast.code, ...staleLast.found]).toEqual([1, "different order-0"]);
      expect(staleLast.report[0]!.attributes).toMatchObject({ status: { replica: { S: "stale" } } });
      expect((await diffWith(lines([stale, ...others, first!]))).code).toBe(0);
    });

    test("nothing there: what was looked for", async () => {
      for (const path of ["nowhere", "nowhere/at/all"]) {
        const run = await incrementalDiff(table.location, place, path);
        expectRefusal(run, /there is no backup - neither a file of that name, nor a manifest\.json/);
        expect(run.stderr).toContain(`${place.url}/${path}/${table.name}/`);
      }
    });

    test("an incomplete dump is no backup", async () => {
      await place.put("incomplete/0", COMPRESS.gzip(lines(ORDERS)));
      expectRefusal(await incrementalDiff(table.location, place, "incomplete"), /there is no backup/);
    });

    test("a dump goes before an incremental folder of the same place", async () => {
      await writeFolder(place, `both/${table.name}`, ORDERS.slice(5));
      await writeDump(place, "both", ORDERS);
      expect((await incrementalDiff(table.location, place, "both")).code).toBe(0);
    });

    test("--repair of a dump or a snapshot is refused, on a dry run too", async () => {
      await writeDump(place, "kept", ORDERS.slice(3));
      await place.put("kept-snapshot", lines(ORDERS.slice(3)));
      const before = await place.keys();
      for (const path of ["kept", "kept-snapshot"]) {
        for (const words of [["--repair"], ["--repair", "--dry-run"]]) {
          const run = await incrementalDiff(table.location, place, path, words);
          expectRefusal(run, /: a dump or a snapshot is not repaired - make a new one/);
        }
      }
      expect(await place.keys()).toEqual(before);
    });
  });
}

describe("items that look like an export's line", () => {
  test("an attribute called Item, of every kind", async () => {
    const named = await createTable({ hash: { name: "Item", type: "S" } });
    const place = await newPlace("directory");
    const items = [
      { Item: { S: "alone" } },
      { Item: { S: "b" }, M: { M: { S: { S: "x" } } } },
      { Item: { S: "c" }, id: { S: "y" } },
    ];
    await named.load(items);
    for (const text of [lines(items), exportLines(items)]) {
      await place.put("file", text);
      expect((await incrementalDiff(named.location, place, "file")).code).toBe(0);
    }
    const keyed = await createTable({ hash: { name: "S", type: "S" } });
    const short = [{ S: { S: "x" } }, { S: { S: "y" }, Item: { M: { S: { S: "x" } } } }];
    await keyed.load(short);
    for (const text of [lines(short), exportLines(short)]) {
      await place.put("file", text);
      expect((await incrementalDiff(keyed.location, place, "file")).code).toBe(0);
    }
    await Promise.all([named.drop(), keyed.drop(), place.drop()]);
  });
});

test("in a bucket, a file goes before what lies under its name", async () => {
  const place = await newPlace("s3");
  await writeFolder(place, `orders/${table.name}`, ORDERS.slice(5));
  await place.put("orders", COMPRESS.gzip(lines(ORDERS)));
  const run = await incrementalDiff(table.location, place, "orders");
  expect(run.code).toBe(0);
  await place.drop();
});
