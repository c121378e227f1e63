import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { gunzipSync } from "node:zlib";
import type { CliResult } from "../helpers/cli.ts";
import { uniqueName } from "../helpers/environment.ts";
import { startFaultProxy } from "../helpers/fault-proxy.ts";
import { s3Endpoint } from "../helpers/s3.ts";
import { newPlace, STORE_KINDS, type TestPlace, withPlace } from "../helpers/stores.ts";
import { createTable, type TestTable } from "../helpers/table.ts";
import { backfill, idName, MINUTES, snapshot, snapshotLines } from "./folding.ts";

const RECORD = '{"id":{"S":"a"}}';
const RECORD_KEY = `records/${idName("a")}`;

let places: TestPlace[];
let table: TestTable;
beforeAll(async () => {
  places = await Promise.all(STORE_KINDS.map((kind) => newPlace(kind)));
  for (const place of places) await place.put(RECORD_KEY, RECORD);
  table = await createTable();
  await table.put({ id: { S: "a" } });
}, MINUTES);
afterAll(() => Promise.all([table.drop(), ...places.map((place) => place.drop())]), MINUTES);

/** The one line that says why: before anything was begun, or in the summary. */
function reasonOf({ code, stdout, stderr }: CliResult): string {
  expect(code, stdout + stderr).toBe(2);
  const line = stdout === "" ? stderr : (stdout.match(/\[summary\] failed: [^\n]*\n/)?.[0] ?? "");
  if (stdout !== "") expect(stderr).toBe("");
  expect(line).toMatch(/^(ddbr: |\[summary\] failed: )[^\n]+ - [^\n]+\n$/);
  expect(line).not.toMatch(/unexpected failure|TypeError|\bat .*:\d+:\d+/);
  return line;
}

describe.each(STORE_KINDS)("a snapshot on %s is refused", (kind) => {
  let place: TestPlace;
  beforeAll(() => {
    place = places.find((one) => one.kind === kind)!;
  });
  const unchanged = async () => expect(await place.keys()).toEqual([RECORD_KEY]);

  test.each(["records/out.gz", "records/deeper/out.gz"])("in its own source, at %s", async (file) => {
    const line = reasonOf(await snapshot(place, "records", file));
    expect(line).toMatch(/would lie in the folder that it is made from - put it elsewhere/);
    await unchanged();
  });

  test("in its own source, spelled otherwise", async () => {
    const [source, file] =
      kind === "s3"
        ? ["records///", "records/x"]
        : ["./records/", `../${place.url.split("/").at(-1)}/records/x`];
    const words = { ...place, url: kind === "s3" ? place.url : "." };
    const result = await snapshot(words, source!, file!, kind === "s3" ? {} : { cwd: place.url });
    expect(reasonOf(result)).toMatch(/would lie in the folder that it is made from/);
    await unchanged();
  });

  test("to a name that is a folder's", async () => {
    expect(reasonOf(await snapshot(place, "records", "out/"))).toMatch(
      /out\/": names a folder - name the file/,
    );
    await unchanged();
  });

  test("of a folder that is not there", async () => {
    const line = reasonOf(await snapshot(place, "recrods", "out.gz", { options: ["--plain"] }));
    expect(line).toMatch(kind === "s3" ? /\/recrods: holds nothing - name the folder/ : /no such directory/);
    expect(line).toContain("/recrods");
    await unchanged();
  });
});

describe.each(STORE_KINDS)("an empty folder on %s", (kind) => {
  test("whose records were all deleted makes an empty file, and a warning", async () => {
    await withPlace(kind, async (place) => {
      expect((await backfill(table, place)).code).toBe(0);
      await place.put("out.gz", "older");
      if (kind === "s3") await place.remove(`${table.name}/${idName("a")}`);
      else {
        const { openAt } = await import("../store/directory-place.ts");
        await (await openAt(`${place.url}/${table.name}`)).delete(idName("a"));
      }
      const { code, stdout } = await snapshot(place, table.name, "out.gz", { options: ["--plain"] });
      expect(code, stdout).toBe(0);
      expect(stdout).toMatch(
        /\[warn\] [^\n]*\[warning\] the folder holds no record any more, so the snapshot is empty\n/,
      );
      expect(gunzipSync((await place.get("out.gz"))!)).toHaveLength(0);
      expect(await snapshotLines(place, "out.gz")).toEqual([]);
    });
  });
});

test("an empty table is backfilled, and leaves nothing", async () => {
  const empty = await createTable();
  try {
    await withPlace("s3", async (place) => {
      expect((await backfill(empty, place)).code).toBe(0);
      expect(await place.keys()).toEqual([]);
    });
  } finally {
    await empty.drop();
  }
});

describe("a directory", () => {
  test("that is a file is no source, and no place for a folder", async () => {
    const place = places[0]!;
    expect(reasonOf(await snapshot(place, RECORD_KEY, "out.gz"))).toMatch(/is not a directory/);
    const inFile = { ...place, url: `${place.url}/${RECORD_KEY}` };
    expect(reasonOf(await backfill(table, inFile, { options: ["--plain"] }))).toMatch(
      /is (no|not a) directory/,
    );
    expect(reasonOf(await snapshot(place, "records", `${RECORD_KEY}/out.gz`))).toMatch(
      /is (no|not a) directory|would lie in/,
    );
    expect(await place.keys()).toEqual([RECORD_KEY]);
  });

  test("is not replaced by a snapshot of its name", async () => {
    await withPlace("directory", async (place) => {
      await place.put(RECORD_KEY, RECORD);
      await place.put("out/other", "here before");
      const line = reasonOf(await snapshot(place, "records", "out", { options: ["--plain"] }));
      expect(line).toMatch(/out: is a directory/);
      expect(await place.keys()).toEqual(["out/other", RECORD_KEY]);
      expect(await place.litter()).toEqual([]);
    });
  });
});

describe("a bucket", () => {
  const elsewhere = () => ({ ...places[1]!, url: `s3://${uniqueName("absent")}` });

  test("that is not there is named", async () => {
    const place = elsewhere();
    const bucket = place.url.slice("s3://".length);
    for (const result of [await snapshot(place, "records", "out.gz"), await backfill(table, place)]) {
      const line = reasonOf(result);
      expect(line).toContain(bucket);
      expect(line).toMatch(/no such bucket/i);
    }
  });

  test("that somebody else owns is not read, nor written", async () => {
    const place = { ...places[1]!, env: { AWS_ACCESS_KEY_ID: "nobody", AWS_SECRET_ACCESS_KEY: "nothing" } };
    for (const result of [await snapshot(place, "records", "out.gz"), await backfill(table, place)]) {
      expect(reasonOf(result)).toMatch(/credential|access key|not allowed/i);
    }
  });

  test.each(["GET", "PUT"])("that does not allow %s ends the run", async (method) => {
    const proxy = await startFaultProxy({
      target: s3Endpoint(),
      rules: [{ fault: { kind: "access-denied" }, operations: [method], always: true }],
    });
    try {
      const settings = { endpoint: proxy.url, options: ["--plain"] };
      const place = places[1]!;
      for (const result of [
        await snapshot(place, "records", "out.gz", settings),
        await backfill(table, place, settings),
      ]) {
        expect(reasonOf(result)).toMatch(/not allowed|Access Denied|permission/i);
      }
      expect(await place.keys()).toEqual([RECORD_KEY]);
    } finally {
      await proxy.stop();
    }
  });
});
