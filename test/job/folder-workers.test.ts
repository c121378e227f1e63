import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { runDdbr } from "../helpers/cli.ts";
import { order } from "../helpers/orders.ts";
import { newPlace, STORE_KINDS, type StoreKind, type TestPlace, withPlace } from "../helpers/stores.ts";
import { hashName, idName } from "../incremental/diff-backups.ts";
import { type DriftingFolder, driftingFolder } from "./drifting-folder.ts";
import { runWorkerArray } from "./worker-array.ts";

const MINUTES = 60_000;
const EVERY = 50;
/** The S3 gateway answers some hundred requests a second. */
const SIZES: Record<StoreKind, { items: number; segments: number; kills: number; units: number }> = {
  directory: { items: 8_000, segments: 12, kills: 16, units: 60 },
  s3: { items: 1_500, segments: 8, kills: 12, units: 30 },
};

let own: string;
beforeAll(() => {
  own = mkdtempSync(join(tmpdir(), "ddbr-test-"));
});
afterAll(() => rmSync(own, { recursive: true }));

function linesOf(path: string): string[] {
  return readFileSync(path, "utf8").split("\n").filter(Boolean).sort();
}

const withState = (kind: StoreKind, body: (state: TestPlace) => Promise<void>) =>
  withPlace(kind, body, { versioned: false });

/** Ends with the summary, whose JSON the program prints last. */
async function summarised(words: string[], env: Record<string, string>) {
  const report = join(own, `${crypto.randomUUID()}.ndjson`);
  const run = await runDdbr([...words, "--json", "--report", report], { env, timeoutMs: 2 * MINUTES });
  const summary = JSON.parse(run.stdout.trimEnd().split("\n").at(-1) ?? "null");
  return { code: run.code, stderr: run.stderr, summary, lines: linesOf(report) };
}

const collect = (state: TestPlace, ...words: string[]) =>
  summarised(["collect", state.url, ...state.options(), ...words], state.env);

/** What the table and the folder have come to, whoever has asked for how much. */
function found({ totals }: { totals: Record<string, unknown> & { primary: object; replica: object } }) {
  const { discrepancies, repaired, inFlight, duplicates, foreign, undone, segmentsDone } = totals;
  const items = (side: object) => (side as { items: number }).items;
  return {
    discrepancies,
    repaired,
    inFlight,
    duplicates,
    foreign,
    undone,
    segmentsDone,
    items: [items(totals.primary), items(totals.replica)],
  };
}

describe.each(STORE_KINDS)("a comparison with a folder, shared by workers (%s)", (kind) => {
  const { items, segments, kills, units } = SIZES[kind];
  let place: TestPlace;
  let folder: DriftingFolder;
  let undisturbed: Awaited<ReturnType<typeof summarised>>;

  const compared = (...words: string[]) => [
    "incremental-diff",
    folder.table.location,
    `${place.url}/inc`,
    ...place.options(),
    "--segments",
    `${segments}`,
    "--settle",
    "0.3",
    ...words,
  ];
  const worker = (state: TestPlace, ...words: string[]) =>
    compared("--state", state.url, "--lease", "2", "--checkpoint", "1", ...words);

  beforeAll(async () => {
    place = await newPlace(kind);
    folder = await driftingFolder(place, items, EVERY);
    undisturbed = await summarised(compared(), place.env);
    expect(undisturbed.code).toBe(1);
    expect(undisturbed.lines.length).toBe(3 * (items / EVERY) + folder.secondObjects);
    expect(undisturbed.summary.totals.foreign).toBe(folder.foreign);
  }, 5 * MINUTES);
  afterAll(() => Promise.all([place.drop(), folder.table.drop()]));

  test(
    "killed at any moment: what is collected is the same as of one process, also when it is collected again",
    () =>
      withState(kind, async (state) => {
        const words = worker(state, "--concurrency", "2", "--max-rcu", `${units}`, "--reads", "4");
        const array = { words, env: state.env, jobs: 4, kills, killEveryMs: 400, seed: 4711 };
        const outcome = await runWorkerArray(array);
        // The test would say nothing if all had been done before anybody was killed.
        expect(outcome.kills).toBeGreaterThan(5);
        expect(new Set(outcome.done).size).toBe(outcome.done.length);
        const first = await collect(state);
        expect(first.lines).toEqual(undisturbed.lines);
        expect(first.code).toBe(1);
        expect(found(first.summary)).toEqual(found(undisturbed.summary));
        const records = await state.keys(`segments/${segments}`);
        const again = await collect(state);
        expect([again.code, again.lines, again.summary.totals]).toEqual([
          1,
          first.lines,
          first.summary.totals,
        ]);
        expect(await state.keys(`segments/${segments}`)).toEqual(records);
        expect(await namesSeen(state)).toEqual(await namesOfItems());
      }),
    5 * MINUTES,
  );

  /** What the workers' parts say that items have led to, by the documentation alone. */
  async function namesSeen(state: TestPlace): Promise<string[]> {
    const seen = new Set<string>();
    for (let segment = 0; segment < segments; segment++) {
      const last = (await state.keys(`segments/${segment}`)).at(-1)!;
      const { parts } = JSON.parse((await state.get(last))!.toString()) as { parts: string[] };
      for (const part of parts.filter((name) => name.endsWith(".names.gz"))) {
        const text = gunzipSync((await state.get(`parts/${segment}/${part}`))!).toString();
        for (const name of text.split("\n").slice(0, -1)) seen.add(name);
      }
    }
    return [...seen].sort();
  }

  async function namesOfItems(): Promise<string[]> {
    const there = new Set((await place.keys(folder.path)).map((key) => key.split("/").at(-1)!));
    const names = Array.from({ length: items }, (_, number) => {
      const item = order(`order-${number}`);
      return [idName(item), hashName({ id: item.id }, "md5")].find((name) => there.has(name));
    });
    return names.filter((name) => name !== undefined).sort();
  }

  test("segments that are missing are named, and what the folder holds beyond them is left alone", () =>
    withState(kind, async (state) => {
      const one = await runDdbr(worker(state, "--segment", "3"), { env: state.env });
      expect(one.code).toBe(0);
      expect(one.stderr).toContain("looks into what the folder holds beyond the table");
      const { code, summary } = await collect(state);
      expect(code).toBe(2);
      expect(summary.failure).toBe(
        `${segments - 1} of ${segments} segments are not done: 0 to 2, 4 to ${segments - 1}`,
      );
      expect(summary.totals.discrepancies.extraneous).toBe(0);
      expect(await state.keys(`segments/${segments}`)).toEqual([]);
    }));
});
