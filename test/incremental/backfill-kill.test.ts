import { expect, test } from "bun:test";
import { createDice } from "../../src/core/demo/dice.ts";
import { DDBR } from "../helpers/cli.ts";
import { dynamoDbEndpoint } from "../helpers/dynamodb.ts";
import { startFaultProxy } from "../helpers/fault-proxy.ts";
import { programEnvironment } from "../helpers/program-environment.ts";
import { newPlace, type StoreKind, type TestPlace } from "../helpers/stores.ts";
import { createTable } from "../helpers/table.ts";
import { backfill, eventsOf, MINUTES } from "./folding.ts";
import { folderOf, heldIn, records } from "./records.ts";

const SETTINGS: Record<StoreKind, { kills: number; items: number }> = {
  directory: { kills: 20, items: 600 },
  s3: { kills: 10, items: 250 },
};
const SEGMENTS = "16";

/** Starts a backfill and kills it when so many of its segments have begun, and so many milliseconds later. */
async function killed(location: string, place: TestPlace, segments: number, afterMs: number): Promise<void> {
  const words = ["incremental-backfill", location, place.url, ...place.options(), "--json"];
  const child = Bun.spawn([DDBR, ...words, "--segments", SEGMENTS, "--concurrency", "2", "--writes", "16"], {
    env: programEnvironment(place.env),
    stdin: "ignore",
    stdout: "pipe",
    stderr: "inherit",
  });
  let output = "";
  let waiting = true;
  for await (const piece of child.stdout.pipeThrough(new TextDecoderStream())) {
    output += piece;
    if (!waiting || output.split('"event":"segment-started"').length <= segments) continue;
    waiting = false;
    setTimeout(() => child.kill("SIGKILL"), afterMs);
  }
  await child.exited;
}

test.each(["directory", "s3"] as const)(
  "a backfill killed at any moment leaves whole objects only, and is resumed to the end, on %s",
  async (kind) => {
    const { kills, items: count } = SETTINGS[kind];
    const dice = createDice(20_261_124);
    const items = records(count);
    const table = await createTable();
    await table.load(items);
    const expected = folderOf(items, table.name);
    // Slow enough for a kill to come in between.
    const proxy = await startFaultProxy({
      target: dynamoDbEndpoint(),
      rules: [{ fault: { kind: "delay", ms: 40 }, operations: ["Scan"], always: true }],
    });
    let unfinished = 0;
    let resumedSegments = 0;
    for (let kill = 1; kill <= kills; kill++) {
      const place = await newPlace(kind);
      try {
        await killed(
          `${proxy.url}/${table.name}`,
          place,
          dice.between(1, 14),
          dice.between(0, kind === "s3" ? 80 : 25),
        );
        const left = await heldIn(place, table.name);
        for (const [key, content] of left) expect(expected.get(key), `kill ${kill}: ${key}`).toBe(content);
        if (left.size < expected.size) unfinished++;

        const result = await backfill(table, place, { options: ["--resume", "--json"] });
        expect(result.code, result.stdout).toBe(0);
        const { totals } = eventsOf(result).at(-1) as unknown as { totals: { segmentsKept: number } };
        if (totals.segmentsKept > 0) resumedSegments++;
        expect(await heldIn(place, table.name), `after kill ${kill}`).toEqual(expected);
        // No progress, nothing else.
        expect(await place.keys(), `after kill ${kill}`).toEqual([...expected.keys()]);
        expect(await place.litter(), `after kill ${kill}`).toEqual([]);
      } finally {
        await place.drop();
      }
    }
    // The test would say nothing if the kills had come too early or too late.
    expect(unfinished).toBeGreaterThan(kills / 2);
    expect(resumedSegments).toBeGreaterThan(kills / 4);
    await Promise.all([proxy.stop(), table.drop()]);
  },
  5 * MINUTES,
);
