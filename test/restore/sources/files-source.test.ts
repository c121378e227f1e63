import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { newPlace, STORE_KINDS, type TestPlace, withPlace } from "../../helpers/stores.ts";
import { failureOf, jsonOf, readAll, readPlace, withSource } from "./opened.ts";

type Wire = Record<string, unknown>;

const ITEMS: Wire[] = Array.from({ length: 40 }, (_, at) => ({
  id: { S: `i${at}` },
  n: { N: "12345678901234567890123456789012345678" },
  b: { B: "AAE=" },
}));
const text = (items: Wire[]) => items.map((item) => `${JSON.stringify(item)}\n`).join("");
const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
const KEY_SCHEMA = [{ name: "id", type: "S" }];
const DESCRIPTION = {
  table: { TableName: "orders", KeySchema: [{ AttributeName: "id", KeyType: "HASH" }] },
  tags: [{ Key: "team", Value: "a" }],
};

interface Manifest {
  items: number;
  files: { name: string; items: number; sha256: string; [member: string]: unknown }[];
  [member: string]: unknown;
}

/** A dump of three files, as docs/formats.md has it. */
async function writeDump(
  place: TestPlace,
  folder: string,
  change: (manifest: Manifest) => unknown = (manifest) => manifest,
): Promise<void> {
  const files: Manifest["files"] = [];
  for (const [segment, share] of [ITEMS.slice(0, 30), [], ITEMS.slice(30)].entries()) {
    const bytes = gzipSync(text(share));
    await place.put(`${folder}/${segment}`, bytes);
    files.push({ segment, name: `${segment}`, items: share.length, sha256: sha256(bytes) });
  }
  const manifest: Manifest = {
    format: "ddbr-backup",
    version: 1,
    job: "nightly",
    segments: 3,
    contents: "items",
    compression: "gzip",
    table: { name: "orders", arn: "arn:x", createdAt: "2026-01-01T00:00:00.000Z", keySchema: KEY_SCHEMA },
    startedAt: "2026-11-20T01:00:00.000Z",
    finishedAt: "2026-11-20T01:10:00.000Z",
    items: ITEMS.length,
    rawBytes: 4321,
    files,
    description: DESCRIPTION,
  };
  await place.put(`${folder}/manifest.json`, JSON.stringify(change(manifest)));
}

for (const kind of STORE_KINDS) {
  describe(`files, on ${kind}`, () => {
    let place: TestPlace;
    beforeAll(async () => {
      place = await newPlace(kind);
    });
    afterAll(() => place.drop());

    test("a dump says what its manifest does, and holds every item, whenever it is read", async () => {
      await writeDump(place, "backups/nightly");
      await withSource(place, "backups/nightly", { table: "orders" }, async (source) => {
        expect(source).toMatchObject({
          kind: "dump",
          name: `${place.url}/backups/nightly`,
          asOf: Date.parse("2026-11-20T01:00:00.000Z"),
          items: ITEMS.length,
          bytes: 4321,
          schema: KEY_SCHEMA,
          description: DESCRIPTION,
        });
        expect(source.find).toBeUndefined();
        for (let time = 0; time < 2; time++) {
          expect(await readAll(source)).toEqual({ items: jsonOf(ITEMS), deleted: [], foreign: [] });
        }
      });
    });

    test("a dump that is not what its manifest says is refused, with the file", async () => {
      const refused = async (folder: string, says: RegExp) => {
        const failure = await failureOf(readPlace(place, folder));
        expect(failure.text).toMatch(says);
        return failure.code;
      };
      await writeDump(place, "cut");
      const whole = (await place.get("cut/2"))!;
      await place.put("cut/2", whole.subarray(0, whole.length - 3));
      expect(await refused("cut", /cut\/2: is cut short or corrupted/)).toBe("damaged");
      await place.put("cut/2", gzipSync(text(ITEMS.slice(30)), { level: 0 }));
      expect(await refused("cut", /cut\/2: its SHA-256 is not what its manifest says/)).toBe("damaged");
      await place.remove("cut/2");
      expect(await refused("cut", /cut\/2: is not there/)).toBe("no-such-object");
      await writeDump(place, "sum", (manifest) => ({ ...manifest, items: 41 }));
      expect(await refused("sum", /sum: its manifest says 41 items in all, and 40 for its files/)).toBe(
        "damaged",
      );
    });

    test.each([
      ["plain.json", Buffer.from(text(ITEMS))],
      ["items.gz", gzipSync(text(ITEMS))],
      ["items.zst", zstdCompressSync(text(ITEMS))],
      ["exported.gz", gzipSync(ITEMS.map((Item) => `${JSON.stringify({ Item })}\n`).join(""))],
    ])("a single file: %s", async (name, bytes) => {
      await place.put(`files/${name}`, bytes);
      await withSource(place, `files/${name}`, {}, async (source) => {
        expect(source).toMatchObject({ kind: "file", asOf: undefined, items: 0 });
        expect(source.description).toBeUndefined();
        expect((await readAll(source)).items).toEqual(jsonOf(ITEMS));
      });
    });

    test("a snapshot says of which moment it is, and is checked against its manifest", async () => {
      const bytes = gzipSync(text(ITEMS));
      await place.put("s.gz", bytes);
      const manifest = {
        format: "ddbr-snapshot",
        version: 1,
        startedAt: "2026-11-20T02:00:00.000Z",
        items: ITEMS.length,
        rawBytes: 99,
        sha256: sha256(bytes),
      };
      const asOf = async (more: object) => {
        await place.put("s.gz.manifest.json", JSON.stringify({ ...manifest, ...more }));
        return withSource(place, "s.gz", {}, async (source) => {
          expect(source).toMatchObject({ kind: "file", items: ITEMS.length, bytes: 99 });
          await readAll(source);
          return source.asOf;
        });
      };
      expect(await asOf({})).toBe(Date.parse("2026-11-20T02:00:00.000Z"));
      expect(await asOf({ at: "2026-11-17T14:03:00.123Z" })).toBe(Date.parse("2026-11-17T14:03:00.123Z"));
      expect((await failureOf(asOf({ sha256: "0".repeat(64) }))).text).toMatch(/s\.gz: its SHA-256/);
    });

    test("of a key that comes several times the last is the last", async () => {
      const twice = [1, 2, 3].map((n) => ({ id: { S: "a" }, n: { N: `${n}` } }));
      await place.put("twice.json", text(twice));
      await withSource(place, "twice.json", {}, async (source) => {
        const items = [];
        for await (const page of source.records(new AbortController().signal, { foreign: () => {} }))
          items.push(...page);
        expect(items).toEqual(twice.map((item) => ({ item }) as never));
      });
    });

    test("what holds one moment cannot be had of another", async () => {
      await place.put("any.json", text(ITEMS));
      await writeDump(place, "dump");
      for (const path of ["any.json", "dump"]) {
        const { code, text: says } = await failureOf(readPlace(place, path, { at: Date.now() }));
        expect([code, says]).toEqual([
          "usage",
          expect.stringMatching(/--at goes with an incremental folder/),
        ]);
      }
    });

    test("where there is nothing, it is said what was looked for", async () => {
      for (const path of ["nothing", ""]) {
        const { code, text: says } = await failureOf(readPlace(place, path, { table: "orders" }));
        expect(code).toBe("no-such-object");
        expect(says).toMatch(/there is nothing to restore from - .*manifest\.json.*or in .*\/orders\/$/);
      }
    });
  });
}

test("a moment of a bucket that keeps no versions cannot be had", async () => {
  const body = JSON.stringify(ITEMS[0]);
  await withPlace(
    "s3",
    async (place) => {
      await place.put(`f/${createHash("sha256").update('{"id":{"S":"i0"}}').digest("hex")}`, body);
      const { code, text: says } = await failureOf(readPlace(place, "f", { at: Date.now() }));
      expect([code, says]).toEqual(["usage", expect.stringMatching(/--at needs versions/)]);
      expect((await readPlace(place, "f")).items).toEqual([body]);
    },
    { versioned: false },
  );
});
