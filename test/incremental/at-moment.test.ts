import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { s3Endpoint } from "../helpers/s3.ts";
import { newPlace, STORE_KINDS, type StoreKind, type TestPlace, withPlace } from "../helpers/stores.ts";
import { openAt as openDirectory } from "../store/directory-place.ts";
import { openAt as openBucket } from "../store/s3-opened.ts";
import { idName, MINUTES, type RunSettings, snapshot, snapshotLines } from "./folding.ts";
import { type History, type HistorySettings, type Moment, writeHistory } from "./history.ts";
import { startWholeSeconds } from "./whole-seconds.ts";

const SEED = 20_261_123;
const SETTINGS: Record<StoreKind, HistorySettings> = {
  directory: { seed: SEED, keys: 2_000, operations: 8_000, recorded: 0.5, late: 0.2, moments: 10 },
  // Every event's time is recorded: where the server only says the second, nothing else tells what came first.
  s3: { seed: SEED, keys: 400, operations: 1_040, recorded: 1, late: 0.2, moments: 4 },
};

async function fold(place: TestPlace, at: string, settings: RunSettings = {}): Promise<string[]> {
  const { code, stdout } = await snapshot(place, "records", "out/at.gz", {
    ...settings,
    options: ["--at", at],
  });
  expect(code, stdout).toBe(0);
  return snapshotLines(place, "out/at.gz");
}

/** `records` held nothing yet `at`: that is said, and nothing is written. */
async function expectNotBegun(place: TestPlace, at: string, settings: RunSettings = {}): Promise<void> {
  const options = ["--at", at];
  const { code, stdout } = await snapshot(place, "records", "out/none.gz", { ...settings, options });
  expect(code, stdout).toBe(2);
  expect(stdout).toContain(
    `held no record yet at ${new Date(at).toISOString()} - the folder was begun later`,
  );
  expect(await place.get("out/none.gz")).toBeUndefined();
}

describe.each(STORE_KINDS)("a folder with a history, on %s", (kind) => {
  let place: TestPlace;
  let history: History;
  beforeAll(async () => {
    place = await newPlace(kind);
    const open = kind === "s3" ? openBucket : openDirectory;
    const store = await open(`${place.url}/records`);
    history = await writeHistory(store, SETTINGS[kind]);
    store.close();
  }, 3 * MINUTES);
  afterAll(() => place.drop(), MINUTES);

  async function foldAll(moments: Moment[], settings: RunSettings = {}): Promise<void> {
    for (const { at, bodies } of moments) {
      const lines = await fold(place, new Date(at).toISOString(), settings);
      expect(lines, `the folder at ${new Date(at).toISOString()}`).toEqual(bodies);
    }
  }

  test(
    "is folded as it stood at any moment",
    async () => {
      expect(history.operations).toBeGreaterThanOrEqual(1_000);
      // The test would say little if each second held one change of a key at most.
      expect(history.withinOneSecond).toBeGreaterThan(5);
      expect(history.late).toBeGreaterThan(100);
      await foldAll(history.moments);
    },
    5 * MINUTES,
  );

  test("is folded as it is without --at", async () => {
    const { code, stdout } = await snapshot(place, "records", "out/now.gz");
    expect(code, stdout).toBe(0);
    expect(await snapshotLines(place, "out/now.gz")).toEqual(history.moments.at(-1)!.bodies);
  }, 60_000);

  test("is the same by the clock of any zone, and refused before it began", async () => {
    const { at, bodies } = history.moments[0]!;
    const inKathmandu = new Date(at + 5.75 * 3_600_000).toISOString().replace("Z", "+05:45");
    expect(await fold(place, inKathmandu)).toEqual(bodies);
    await expectNotBegun(place, "2020-02-29");
  }, 60_000);

  if (kind === "s3") {
    test(
      "is folded as it stood at any moment also where the server only says the second",
      async () => {
        const wholeSeconds = await startWholeSeconds(s3Endpoint());
        try {
          await foldAll(history.moments, { endpoint: wholeSeconds.url });
          expect(wholeSeconds.cut()).toBeGreaterThan(1_000);
        } finally {
          await wholeSeconds.stop();
        }
      },
      5 * MINUTES,
    );
  }
});

describe("versions of one second of which no time is recorded", () => {
  test("count from the second's beginning, the last one of them before the others", async () => {
    const wholeSeconds = await startWholeSeconds(s3Endpoint());
    try {
      let isWithinOneSecond = false;
      while (!isWithinOneSecond) {
        isWithinOneSecond = await withPlace("s3", async (place) => {
          const body = (n: number) => `{"id":{"S":"a"},"n":{"N":"${n}"}}`;
          // Early in a second, so that all of it lies in that one.
          await Bun.sleep(1_000 - (Date.now() % 1_000));
          const second = Math.floor(Date.now() / 1000) * 1000;
          for (const n of [1, 2]) await place.put(`records/${idName("a")}`, body(n));
          if (Date.now() >= second + 1_000) return false;
          await Bun.sleep(1_100);
          await place.put(`records/${idName("a")}`, body(3));
          const endpoint = wholeSeconds.url;
          const at = (ms: number) => fold(place, new Date(ms).toISOString(), { endpoint });
          expect(await at(second)).toEqual([body(2)]);
          expect(await at(second + 999)).toEqual([body(2)]);
          await expectNotBegun(place, new Date(second - 1).toISOString(), { endpoint });
          expect(await at(Date.now())).toEqual([body(3)]);
          return true;
        });
      }
    } finally {
      await wholeSeconds.stop();
    }
  }, 60_000);
});

test("objects with odd names do not keep a moment from being folded", async () => {
  const wholeSeconds = await startWholeSeconds(s3Endpoint());
  try {
    await withPlace("s3", async (place) => {
      const body = '{"id":{"S":"a"}}';
      await place.put(`records/${idName("a")}`, body);
      // What consoles make of a folder, and what nobody should.
      for (const key of ["records/", "records//x", "records/[1m"]) await place.put(key, "x");
      const at = new Date(Math.floor(Date.now() / 1000) * 1000 + 500).toISOString();
      await Bun.sleep(500);
      expect(await fold(place, at, { endpoint: wholeSeconds.url })).toEqual([body]);
    });
  } finally {
    await wholeSeconds.stop();
  }
}, 60_000);

describe("--at", () => {
  const later = new Date(Date.now() + 3_600_000).toISOString();
  test.each([
    [later, /has not come yet/],
    ["2026-11-17T14:03:00", /not a moment - .*zone/],
    ["2026-11-17 14:03", /not a moment - .*zone/],
    ["yesterday", /not a moment - .*zone/],
    ["2026-02-30", /not a moment/],
    ["2026-13-01T00:00:00Z", /not a moment/],
    ["2026-11-17T25:00:00Z", /not a moment/],
    ["1763388180", /not a moment/],
    ["", /not a moment/],
    ["\u001b[31m2026", /"\\u001b\[31m2026", not a moment/],
  ])("%j is refused", async (at, says) => {
    await withPlace("directory", async (place) => {
      await place.put(`records/${idName("a")}`, '{"id":{"S":"a"}}');
      const { code, stdout, stderr } = await snapshot(place, "records", "out.gz", { options: ["--at", at] });
      expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
      expect(stderr).toMatch(/^ddbr: [^\n]*\n$/);
      expect(stderr).toMatch(says);
      expect(await place.keys()).toEqual([`records/${idName("a")}`]);
    });
  });

  test("is refused of a bucket that keeps no versions", async () => {
    await withPlace(
      "s3",
      async (place) => {
        await place.put(`records/${idName("a")}`, '{"id":{"S":"a"}}');
        const { code, stdout, stderr } = await snapshot(place, "records", "out.gz", {
          options: ["--at", new Date().toISOString()],
        });
        expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
        expect(stderr).toMatch(/^ddbr: s3:\/\/[^\n]*--at needs versions[^\n]* - [^\n]*versioning[^\n]*\n$/);
        expect(await place.keys()).toEqual([`records/${idName("a")}`]);
      },
      { versioned: false },
    );
  });
});
