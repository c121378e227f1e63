import { afterAll, beforeAll, expect, test } from "bun:test";
import { createDice } from "../../src/core/demo/dice.ts";
import { DDBR } from "../helpers/cli.ts";
import { programEnvironment } from "../helpers/program-environment.ts";
import { STORE_KINDS, type TestPlace, withPlace } from "../helpers/stores.ts";
import { createTable, type TestTable } from "../helpers/table.ts";
import { backedUp, backupWords, expectWhole, untruths } from "./dump.ts";
import { type RawSegment, rawSegments } from "./raw-table.ts";

const MINUTES = 60_000;
const KILLS = 20;
/** So large that a segment goes to S3 in several parts. */
const SEGMENTS = 2;
const ITEMS = 200;
const ITEM_BYTES = 100_000;
const WORDS = ["--segments", `${SEGMENTS}`, "--compress", "none", "--concurrency", "2"];

let table: TestTable;
let segments: RawSegment[];

beforeAll(async () => {
  table = await createTable();
  const text = "0123456789abcdef".repeat(ITEM_BYTES / 16);
  await table.load(
    Array.from({ length: ITEMS }, (_, id) => ({ id: { S: `${id}` }, text: { S: `${id}${text}` } })),
  );
  segments = await rawSegments(table.name, SEGMENTS);
}, MINUTES);

afterAll(() => table.drop());

/** Runs the binary and kills it, that long after its start; true when it had ended by itself before, and well. */
async function endsBefore(killMs: number, place: TestPlace, words: string[]): Promise<boolean> {
  const child = Bun.spawn([DDBR, ...backupWords(table.location, place, ...WORDS, ...words)], {
    env: programEnvironment(place.env),
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const timer = setTimeout(() => child.kill("SIGKILL"), killMs);
  const output = await Promise.all([child.stdout.text(), child.stderr.text()]);
  await child.exited;
  clearTimeout(timer);
  if (child.signalCode === "SIGKILL") return false;
  expect(child.exitCode, output.join("\n")).toBe(0);
  return true;
}

test.each(STORE_KINDS)(
  "killed at any moment, on %s: nothing passes for complete that is not, --resume completes it, no litter stays in the end",
  (kind) =>
    withPlace(kind, async (place) => {
      const dice = createDice(4711);
      const { ms } = await backedUp(table.location, place, ...WORDS, "--jobid", "0");
      let job = 0;
      let state: "new" | "begun" | "whole" = "whole";
      let littered = 0;
      let completed = 0;
      for (let kill = 0; kill < KILLS; ) {
        // Of every two jobs that are whole one is written over, so that what is there passes for whole at first.
        if (state === "whole" && job++ % 2 === 0) state = "new";
        const words = { new: [], begun: ["--resume"], whole: ["--overwrite"] }[state];
        const id = `${Math.ceil(job / 2)}`;
        const ended = await endsBefore(dice.between(0, Math.ceil(ms * 2)), place, ["--jobid", id, ...words]);
        expect(await untruths(place, id)).toEqual([]);
        if (!ended) kill++;
        if (!ended) littered += (await place.litter()).length;
        // A job of which not even a file was there may begin anew: --resume does so as well.
        state = ended ? "whole" : "begun";
        if (ended) {
          completed++;
          await expectWhole(place, id, segments);
        }
        if (kill === KILLS) {
          await backedUp(table.location, place, ...WORDS, "--jobid", id, "--resume");
          await expectWhole(place, id, segments);
          // What is whole is not written again, nor is anything cleared beside it; the next backup there does that.
          await backedUp(table.location, place, ...WORDS, "--jobid", "last");
          expect(await place.litter()).toEqual([]);
        }
      }
      // The test would say nothing if the kills had hit programs that had not begun, or none had ever ended.
      expect(littered).toBeGreaterThan(0);
      expect(completed).toBeGreaterThan(0);
    }),
  10 * MINUTES,
);
