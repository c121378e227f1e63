import { expect, test } from "bun:test";
import { join } from "node:path";
import { createDice } from "../../src/core/demo/dice.ts";
import { keysUnder } from "./contract/subject.ts";
import { checkHistory, litterIn, type Tried, triedOf } from "./directory-attempts.ts";
import { newPlace, openAt } from "./directory-place.ts";

const CHILD = join(import.meta.dir, "directory-child.ts");
const KILLS = 20;

function startChild(root: string, seed: number, operations: number, ...options: string[]) {
  return Bun.spawn([process.execPath, CHILD, root, `${seed}`, `${operations}`, ...options], {
    stdin: "ignore",
    stdout: "pipe",
    stderr: "inherit",
  });
}

/** Runs a child and kills it, that long after it began to write. */
async function outputUntilKilled(root: string, seed: number, afterMs: number): Promise<string> {
  const child = startChild(root, seed, 1_000_000);
  let output = "";
  for await (const piece of child.stdout.pipeThrough(new TextDecoderStream())) {
    if (output === "") setTimeout(() => child.kill("SIGKILL"), afterMs);
    output += piece;
  }
  await child.exited;
  expect(child.signalCode).toBe("SIGKILL");
  return output;
}

test("a writer killed at any moment leaves every acknowledged version, no torn one and no lasting litter", async () => {
  const place = await newPlace();
  const dice = createDice(4711);
  const tried = new Map<string, Tried[]>();
  let acknowledged = 0;
  let leftBehind = 0;
  try {
    for (let kill = 1; kill <= KILLS; kill++) {
      const output = await outputUntilKilled(place.root, kill, dice.between(0, 120));
      for (const attempt of triedOf(output)) {
        tried.set(attempt.key, [...(tried.get(attempt.key) ?? []), attempt]);
        if (attempt.versionId !== undefined) acknowledged++;
      }
      leftBehind += (await litterIn(place.root)).length;
      const store = await openAt(place.root);
      for (const [key, attempts] of tried) await checkHistory(store, key, attempts);
      const present = await Promise.all(
        [...tried.keys()].map(async (key) => ((await store.get(key)) === undefined ? [] : [key])),
      );
      expect(await keysUnder(store, "")).toEqual(present.flat().sort());
    }
    // The next run, which comes to every key.
    const next = await openAt(place.root);
    for (const key of tried.keys()) {
      await next.put(key, "next run");
      expect(await Bun.file(join(place.root, key)).text()).toBe("next run");
    }
    expect(await litterIn(place.root)).toEqual([]);
    // The test would say nothing if the kills had hit an idle program.
    expect(acknowledged).toBeGreaterThan(KILLS);
    expect(leftBehind).toBeGreaterThan(0);
  } finally {
    await place.drop();
  }
}, 180_000);

test("several processes writing the same keys lose no version", async () => {
  const place = await newPlace();
  try {
    const outputs = await Promise.all(
      [1, 2, 3].map(async (seed) => {
        const child = startChild(place.root, seed, 150, "--shared");
        const output = await new Response(child.stdout).text();
        expect(await child.exited).toBe(0);
        return triedOf(output);
      }),
    );
    const byId = new Map(outputs.flat().map((attempt) => [`${attempt.key} ${attempt.versionId}`, attempt]));
    expect(byId.size).toBe(450);
    /** Oldest first. */
    const found = new Map<string, Tried[]>();
    for await (const page of place.store.versions({ folder: "" })) {
      for (const { key, versionId } of page) {
        const id = `${key} ${versionId}`;
        found.set(key, [byId.get(id)!, ...(found.get(key) ?? [])]);
        byId.delete(id);
      }
    }
    expect(byId.size).toBe(0);
    for (const [key, attempts] of found) {
      await checkHistory(place.store, key, attempts);
      // When all are done the plain file is the last version.
      const last = (await place.store.get(key))?.body;
      const plain = Bun.file(join(place.root, key));
      expect(await plain.exists()).toBe(last !== undefined);
      if (last !== undefined) expect(Buffer.from(await plain.arrayBuffer()).equals(last)).toBe(true);
    }
    expect(await litterIn(place.root)).toEqual([]);
  } finally {
    await place.drop();
  }
}, 120_000);
