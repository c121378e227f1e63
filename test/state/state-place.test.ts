import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtemp, readdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createDice } from "../../src/core/demo/dice.ts";
import { DdbrError } from "../../src/core/errors.ts";
import type { StatePlace } from "../../src/core/state/state-place.ts";
import { type FaultRule, startFaultProxy } from "../helpers/fault-proxy.ts";
import { s3Endpoint } from "../helpers/s3.ts";
import { newPlace, STORE_KINDS, type TestPlace, withPlace } from "../helpers/stores.ts";
import { failureOf } from "../store/contract/subject.ts";
import { openPlace } from "./opened-places.ts";

const bytes = (text: string) => Buffer.from(text);

async function keysIn(place: StatePlace, folder: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const page of place.list(folder)) keys.push(...page);
  return keys.sort();
}

describe.each(STORE_KINDS)("a place for state (%s)", (kind) => {
  let outside: TestPlace;
  let place: StatePlace;
  let others: StatePlace[];
  beforeAll(async () => {
    outside = await newPlace(kind, { versioned: false });
    place = await openPlace(outside.url);
    others = await Promise.all([1, 2, 3].map(() => openPlace(outside.url)));
  });
  afterAll(async () => {
    for (const opened of [place, ...others]) opened.close();
    await outside.drop();
  });

  test("creates an object once, and leaves the first as it is", async () => {
    expect(await place.putNew("once/a/1.json", bytes("first"))).toBe(true);
    expect(await others[0]!.putNew("once/a/1.json", bytes("second"))).toBe(false);
    expect((await outside.get("once/a/1.json"))?.toString()).toBe("first");
    expect((await others[1]!.get("once/a/1.json"))?.toString()).toBe("first");
  });

  test("who finds its own bytes there has created the object", async () => {
    expect(await place.putNew("own", bytes("mine"))).toBe(true);
    expect(await place.putNew("own", bytes("mine"))).toBe(true);
    expect(await place.putNew("own", bytes("min"))).toBe(false);
  });

  test("of many who create one object at the same time, one succeeds", async () => {
    const stores = [place, ...others];
    const rounds = Array.from({ length: 12 }, async (_, round) => {
      const key = `race/${round}`;
      const writers = Array.from({ length: 8 }, (_, writer) => `${writer}`.repeat(1_000 + writer));
      const won = await Promise.all(
        writers.map((text, writer) => stores[writer % stores.length]!.putNew(key, bytes(text))),
      );
      expect(won.filter((created) => created)).toHaveLength(1);
      expect((await outside.get(key))?.toString()).toBe(writers[won.indexOf(true)]!);
    });
    await Promise.all(rounds);
  });

  test("what was deleted can be created again", async () => {
    await place.putNew("again", bytes("1"));
    await others[0]!.delete("again");
    expect(await place.get("again")).toBeUndefined();
    await place.delete("again");
    expect(await place.putNew("again", bytes("2"))).toBe(true);
    expect((await place.get("again"))?.toString()).toBe("2");
  });

  test("keeps any bytes", async () => {
    const body = Buffer.from(createDice(1).bytes(300_000));
    await place.put("parts/0/1-1.bin", body);
    await place.put("parts/0/1-2.bin", Buffer.alloc(0));
    expect((await others[0]!.get("parts/0/1-1.bin"))?.equals(body)).toBe(true);
    expect((await others[0]!.get("parts/0/1-2.bin"))?.length).toBe(0);
    expect((await outside.get("parts/0/1-1.bin"))?.equals(body)).toBe(true);
  });

  test("lists what lies in a folder, at any depth, and nothing else", async () => {
    const keys = ["list/0/1.json", "list/0/2.json", "list/10/1.json", "list/a"];
    for (const key of [...keys, "lists/0", "list-0"]) await place.putNew(key, bytes(key));
    expect(await keysIn(others[0]!, "list")).toEqual(keys);
    expect(await keysIn(others[0]!, "list/0")).toEqual(keys.slice(0, 2));
    expect(await keysIn(place, "list/nothing")).toEqual([]);
    expect(await keysIn(place, "")).toEqual(await outside.keys());
  });

  test("there is nothing where nothing was written", async () => {
    expect(await place.get("nothing/there")).toBeUndefined();
    await place.delete("nothing/there");
  });

  test("leaves nothing but objects behind", async () => {
    await Promise.all(["1", "2"].map((text) => place.putNew("clean", bytes(text))));
    expect(await outside.litter()).toEqual([]);
  });

  test("keys that lead elsewhere are refused", async () => {
    for (const key of ["", "/a", "a/../b", "a//b", "a\nb"]) {
      for (const action of [
        () => place.putNew(key, bytes("x")),
        () => place.put(key, bytes("x")),
        () => place.get(key),
        () => place.delete(key),
      ]) {
        expect(await failureOf(action)).toMatchObject({ code: "location" });
      }
    }
  });

  test("what was stopped before it began does nothing", async () => {
    const reason = new Error("stopped by the test");
    const signal = AbortSignal.abort(reason);
    expect(await failureOf(() => place.putNew("stopped", bytes("x"), signal))).toBe(reason);
    expect(await failureOf(() => place.put("stopped", bytes("x"), signal))).toBe(reason);
    expect(await outside.get("stopped")).toBeUndefined();
  });
});

describe("a directory", () => {
  test("is made at the first write", () =>
    withPlace("directory", async ({ url }) => {
      const place = await openPlace(join(url, "not/yet"));
      expect(await keysIn(place, "segments")).toEqual([]);
      expect(await readdir(url)).toEqual([]);
      expect(await place.putNew("a/b", bytes("x"))).toBe(true);
    }));

  test("links that lead out of it are not followed", () =>
    withPlace("directory", async ({ url }) => {
      const elsewhere = await mkdtemp(join(url, "elsewhere-"));
      const place = await openPlace(join(url, "state"));
      await place.putNew("a", bytes("x"));
      await symlink(elsewhere, join(url, "state/segments"));
      const failure = await failureOf(() => place.putNew("segments/0", bytes("x")));
      expect(failure).toMatchObject({ code: "file", message: "is a symbolic link, which is not followed" });
      expect(await readdir(elsewhere)).toEqual([]);
      await writeFile(join(elsewhere, "0"), "theirs");
      expect(await place.get("segments/0")).toBeUndefined();
      await place.delete("segments/0");
      expect(await keysIn(place, "")).toEqual(["a"]);
      expect(await readdir(elsewhere)).toEqual(["0"]);
    }));

  test("a file is none", () =>
    withPlace("directory", async ({ url }) => {
      await writeFile(join(url, "file"), "");
      const failure = await failureOf(() => openPlace(join(url, "file")));
      expect(failure).toBeInstanceOf(DdbrError);
      expect(failure).toMatchObject({ code: "file", message: "is no directory" });
    }));
});

describe("S3", () => {
  const FAULTS: FaultRule["fault"][] = [
    { kind: "reset-after" },
    { kind: "truncate" },
    { kind: "reset-before" },
    { kind: "throttle" },
    { kind: "server-error" },
  ];

  test("who created an object knows it, though the answer was lost", () =>
    withPlace(
      "s3",
      async (outside) => {
        const proxy = await startFaultProxy({ target: s3Endpoint() });
        const place = await openPlace(outside.url, { endpoint: proxy.url });
        for (const fault of FAULTS) {
          proxy.setRules([{ fault, operations: ["PUT"], always: true, times: 1 }]);
          expect(await place.putNew(`created-${fault.kind}`, bytes(fault.kind)), fault.kind).toBe(true);
          expect((await outside.get(`created-${fault.kind}`))?.toString()).toBe(fault.kind);
          expect(proxy.stats.faults[fault.kind]).toBe(1);
        }
        place.close();
        await proxy.stop();
      },
      { versioned: false },
    ));

  test("one of many succeeds, whatever happens to requests", () =>
    withPlace(
      "s3",
      async (outside) => {
        const proxy = await startFaultProxy({ target: s3Endpoint(), seed: 7 });
        const place = await openPlace(outside.url, { endpoint: proxy.url });
        proxy.setRules(FAULTS.map((fault) => ({ fault, rate: 0.08 })));
        for (let round = 0; round < 8; round++) {
          const texts = ["a", "b", "c", "d", "e"];
          const won = await Promise.all(texts.map((text) => place.putNew(`${round}`, bytes(text))));
          expect(won.filter((created) => created)).toHaveLength(1);
          expect((await outside.get(`${round}`))?.toString()).toBe(texts[won.indexOf(true)]!);
        }
        place.close();
        await proxy.stop();
      },
      { versioned: false },
    ));
});
