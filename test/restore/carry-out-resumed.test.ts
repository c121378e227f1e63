import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync, renameSync, statSync } from "node:fs";
import { join } from "node:path";
import { createDice } from "../../src/core/demo/dice.ts";
import { openChangesFile } from "../../src/core/restore/changes-file.ts";
import { NO_CHANGES } from "../../src/core/restore/restore-totals.ts";
import type { FaultProxyOptions } from "../helpers/fault-proxy.ts";
import { programEnvironment } from "../helpers/program-environment.ts";
import { carriedOut, countsOf, noted, type Outcome, total } from "./helpers/changes.ts";
import { ids, record, someItems } from "./helpers/items.ts";
import { othersAtWork } from "./helpers/others-at-work.ts";
import { tableForPlans } from "./helpers/planned-table.ts";

const SECONDS = 1_000;
const CHILD = join(import.meta.dir, "helpers", "carry-out-child.ts");

const at = tableForPlans();
const { held, through, planned, plannedNew } = at;

describe("a run that is stopped", () => {
  test("notes only what all before it is settled, and lets writes under way end", async () => {
    const names = ids(500);
    const { path, changes, after } = plannedNew(names.map((id) => record(id, 1)));
    const stop = new AbortController();
    const reason = new Error("stopped by the user");
    const slow = names[100]!;
    let held_ = false;
    // One record waits until many behind it are done.
    const location = await through({
      async onRequest(operation, body) {
        if (operation !== "PutItem" || held_ || !body!.includes(`"${slow}"`)) return;
        held_ = true;
        while ((at.proxy.stats.calls.PutItem ?? 0) < 400) await Bun.sleep(5);
        stop.abort(reason);
        await Bun.sleep(50);
      },
    });
    const outcome = await carriedOut(path, location, { signal: stop.signal });
    expect(outcome.failure).toBe(reason);
    // It was under way, and so it was waited for.
    const there = await held();
    expect(there.has(slow)).toBe(true);
    expect(outcome.written.create).toBe(there.size);
    expect(there.size).toBeLessThan(names.length);
    const { offset, done } = noted(path)!;
    const before = readFileSync(path).subarray(0, offset).toString().split("\n").slice(1, -1);
    expect(done.create).toBe(before.length);
    for (const line of before) expect(there.has(JSON.parse(line).key.id.S)).toBe(true);
    const again = await carriedOut(path, at.table.location);
    expect(again.resumed).toEqual(done);
    expect(total(again)).toEqual(countsOf(changes));
    expect(await held()).toEqual(after);
  });

  test("while a record is tried again leaves that to the next run, and those behind it are not done twice", async () => {
    const names = ids(200);
    const { path, changes, after } = plannedNew(names.map((id) => record(id, 1)));
    const stop = new AbortController();
    let throttled = 0;
    const location = await through({
      rules: [
        {
          fault: { kind: "throttle" },
          nth: Array.from({ length: 60 }, (_, at) => 20 + at * 3),
          operations: ["PutItem"],
        },
      ],
      onRequest: (operation) => {
        if (operation === "PutItem" && ++throttled === 150) stop.abort();
      },
    });
    const outcome = await carriedOut(path, location, { signal: stop.signal });
    expect(outcome.failure).toMatchObject({ name: "AbortError" });
    const left = changes.length - (await held()).size;
    expect(left).toBeGreaterThan(0);
    const again = await carriedOut(path, at.table.location);
    expect(total(again)).toEqual(countsOf(changes));
    expect(again.raced).toEqual([]);
    expect(await held()).toEqual(after);
  });
});

type Told = Pick<Outcome, "written" | "resumed" | "raced" | "undone"> & { failed?: string };

/** Carries the file out in another process; undefined: it was killed before its end. */
async function inChild(path: string, location: string, killed?: (kill: () => void) => void) {
  const child = Bun.spawn([process.execPath, CHILD, path, location], {
    env: programEnvironment(),
    stdin: "ignore",
    stdout: "pipe",
    stderr: "inherit",
  });
  killed?.(() => child.kill("SIGKILL"));
  const output = await new Response(child.stdout).text();
  await child.exited;
  return output === "" ? undefined : (JSON.parse(output) as Told);
}

/** Runs it again and again, killed at random numbers of requests, until one comes to its end. */
async function killedAtRandom(
  path: string,
  operations: string[],
  seed: number,
  most: number,
  options: Omit<FaultProxyOptions, "target"> = {},
) {
  const dice = createDice(seed);
  let left = 0;
  let kill = () => {};
  const location = await through({
    ...options,
    onRequest: async (operation, body, call) => {
      if (operations.includes(operation) && --left === 0) kill();
      await options.onRequest?.(operation, body, call);
    },
  });
  for (let kills = 0; ; kills++) {
    left = dice.between(1, most);
    const told = await inChild(path, location, (end) => {
      kill = end;
    });
    if (told !== undefined) return { told, kills };
  }
}

describe("a run that is killed at any moment and gone on with", () => {
  test(
    "does every change that nobody came before, counts each of them once, and leaves alone what others write",
    async () => {
      const { path, changes, after, dice } = await planned(800, 6);
      const others = othersAtWork(at.table, dice);
      const { told, kills } = await killedAtRandom(path, ["PutItem", "DeleteItem"], 6, 400, {
        rules: [
          { fault: { kind: "delay", ms: 30 }, rate: 0.1, operations: ["PutItem", "DeleteItem"] },
          { fault: { kind: "reset-after" }, rate: 0.03, operations: ["PutItem", "DeleteItem"] },
        ],
        async onRequest(operation) {
          if (operation !== "DescribeTable" && dice.chance(0.1)) await others.write(dice.pick(ids(800)));
        },
      });
      expect(kills).toBeGreaterThan(1);
      expect(told.failed).toBeUndefined();
      await others.check(changes, after);
      expect(others.last.size).toBeGreaterThan(20);
      expect(told.raced.filter((id) => !others.last.has(id))).toEqual([]);
      expect(told.resumed).toBeDefined();
      const { create, replace, delete: deleted } = total(told);
      const { raced, done } = noted(path)!;
      expect(raced).toBeGreaterThan(0);
      expect(create + replace + deleted + raced).toBe(changes.length);
      expect(done).toEqual(total(told));
    },
    120 * SECONDS,
  );

  test(
    "fills a table that it has made",
    async () => {
      const dice = createDice(8);
      const { path, changes, after } = plannedNew(someItems(ids(2_000), dice), true);
      const { told, kills } = await killedAtRandom(path, ["BatchWriteItem", "PutItem"], 8, 400, {
        rules: [
          { fault: { kind: "unprocessed", share: 0.5 }, rate: 0.3, operations: ["BatchWriteItem"] },
          { fault: { kind: "delay", ms: 30 }, rate: 0.2, operations: ["BatchWriteItem"] },
        ],
      });
      expect(kills).toBeGreaterThan(1);
      expect(total(told)).toEqual(countsOf(changes));
      expect(await held()).toEqual(after);
    },
    120 * SECONDS,
  );
});

describe("where progress cannot be noted", () => {
  const NOTHING_DONE = { offset: 0, done: NO_CHANGES, raced: 0, undone: 0 };

  /** In a process whose files cannot grow beyond what the plan takes in KB, and so many more. */
  async function withRoom(path: string, kilobytes: number): Promise<Told> {
    const size = Math.ceil(Bun.file(path).size / 1024) + kilobytes;
    const script = `trap '' XFSZ; ulimit -f ${size}; exec "$0" "$@"`;
    const child = Bun.spawn(["bash", "-c", script, process.execPath, CHILD, path, at.table.location], {
      env: programEnvironment(),
      stdout: "pipe",
    });
    return JSON.parse(await new Response(child.stdout).text());
  }
  const REASON =
    /changes-\d+\.ndjson: how far it is cannot be noted: .* - make room, and go on with --resume/;

  test("nothing is written", async () => {
    const { path } = plannedNew(ids(30).map((id) => record(id, 1)));
    expect((await withRoom(path, -1)).failed).toMatch(REASON);
    expect(noted(path)).toBeUndefined();
    expect((await held()).size).toBe(0);
  });

  test("any more, the run stops and says so, and a later one goes on", async () => {
    const { path, changes, after } = plannedNew(ids(600).map((id) => record(id, 1)));
    const file = openChangesFile(path);
    const room = () => 1024 - (statSync(path).size % 1024);
    // Then one note fits in, or two.
    while (room() < 150 || room() > 300) file.note(NOTHING_DONE);
    file.close();
    expect((await withRoom(path, 0)).failed).toMatch(REASON);
    expect((await held()).size).toBeGreaterThan(0);
    const again = await carriedOut(path, at.table.location);
    expect(again.resumed).toBeDefined();
    expect(total(again)).toEqual(countsOf(changes));
    expect(await held()).toEqual(after);
  });

  test("because the file is gone, none is made", async () => {
    const { path } = plannedNew([record("a", 1)]);
    const file = openChangesFile(path);
    renameSync(path, `${path}.moved`);
    const note = async () => file.note(NOTHING_DONE);
    expect(await note().catch(({ code }) => code)).toBe("file");
    expect(existsSync(path)).toBe(false);
    file.close();
  });
});
