import { expect, test } from "bun:test";
import type { DiffSummary } from "../../src/core/diff/diff-events.ts";
import type { WireKey } from "../../src/core/item/attribute-value.ts";
import { type DashboardJob, type DiffRuns, DiffSession } from "../../src/tui/dashboards/diff-session.ts";
import { record } from "./fixtures/records.ts";
import { playRepair, playRun } from "./fixtures/scripted-run.ts";

const FAST = { steps: 10, stepMs: 1 };

function newSession(runs: Partial<DiffRuns> = {}): DiffSession {
  return new DiffSession({ run: (job) => playRun(FAST, job), ...runs });
}

/** Until what was begun with the session has come to rest. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await Bun.sleep(1);
}

test("a run that found nothing ends the show", async () => {
  const session = newSession({ run: (job) => playRun({ ...FAST, discrepancies: [] }, job) });
  const { summary } = await session.show({ stays: true });
  expect(summary.outcome).toBe("clean");
  expect(session.frame()).toMatchObject({ activity: "finished", fraction: 1 });
});

test("one that found something stays until told to quit, unless it isn't to stay", async () => {
  const session = newSession();
  let over = false;
  const shown = session.show({ stays: true }).finally(() => {
    over = true;
  });
  await until(() => session.over);
  await Bun.sleep(20);
  expect(over).toBe(false);
  session.quit();
  expect((await shown).summary.outcome).toBe("discrepancies");
  expect((await newSession().show({ stays: false })).summary.outcome).toBe("discrepancies");
});

test("quitting a run stops it, and its summary is waited for", async () => {
  const session = newSession({ run: (job) => playRun({ ...FAST, steps: 10_000, lastWordsMs: 50 }, job) });
  const shown = session.show({ stays: true });
  await until(() => session.frame().activity === "running");
  session.quit();
  expect(session.frame().activity).toBe("stopping");
  expect((await shown).summary.outcome).toBe("interrupted");
});

test("a run that others do, who would go on, cannot be paused", async () => {
  const session = newSession({
    run(job) {
      job.gate.lock();
      return playRun({ ...FAST, steps: 10_000 }, job);
    },
  });
  const shown = session.show({ stays: true });
  await until(() => session.frame().state.totals.primary.items > 0);
  session.togglePause();
  const { state, activity } = session.frame();
  expect(activity).toBe("running");
  await until(() => session.frame().state !== state);
  session.stop();
  expect((await shown).summary.outcome).toBe("interrupted");
});

test("a paused run stands, and can be stopped", async () => {
  const session = newSession({ run: (job) => playRun({ ...FAST, steps: 10_000 }, job) });
  const shown = session.show({ stays: true });
  await until(() => session.frame().state.totals.primary.items > 0);
  session.togglePause();
  await Bun.sleep(20);
  const { state } = session.frame();
  await Bun.sleep(30);
  expect(session.frame()).toMatchObject({ activity: "paused", state });
  session.togglePause();
  await until(() => session.frame().state !== state);
  session.togglePause();
  session.quit();
  expect((await shown).summary.outcome).toBe("interrupted");
});

test("the signal says that the user stopped the run", async () => {
  let reason: unknown;
  const session = newSession({
    run: async (job) => {
      job.signal.addEventListener("abort", () => {
        reason = job.signal.reason;
      });
      return await playRun({ ...FAST, steps: 10_000 }, job);
    },
  });
  const shown = session.show({ stays: true });
  session.stop();
  await shown;
  expect(reason).toMatchObject({ code: "interrupted" });
});

test("what the run rejects with is passed on", async () => {
  const session = newSession({
    run: (job) => playRun({ ...FAST, failure: new Error("no such table") }, job),
  });
  await expect(session.show({ stays: true })).rejects.toThrow("no such table");
});

test("a repair gets the keys in the order found; records change their state, totals go on", async () => {
  const given: WireKey[] = [];
  const session = newSession({
    repair: {
      question: () => ["Repair?"],
      run: (keys, job) => {
        const all = [...keys];
        given.push(...all);
        return playRepair(all, job, 1);
      },
    },
  });
  const shown = session.show({ stays: true });
  await until(() => session.frame().canRepair);
  const before = session.frame().state;
  session.repair();
  await until(() => session.frame().activity === "repairing" || session.over);
  await until(() => session.frame().canRepair);
  expect(given).toEqual(Array.from({ length: 17 }, (_, number) => record(number).key));
  expect(session.spool.countState("repaired")).toBe(16);
  expect(session.spool.state(9)).toBe("failed");
  expect(session.frame().state.totals.primary.items).toBe(before.totals.primary.items);
  expect(session.frame().state.totals.repaired.put).toBe(16);
  expect(session.frame().state.board).toBe(before.board);

  given.length = 0;
  session.repair();
  await until(() => given.length > 0 && session.frame().canRepair === false);
  expect(given).toEqual([record(9).key]);
  await until(() => session.over);
  session.quit();
  const result = await shown;
  expect(result.repairSummary?.outcome).toBe("clean");
});

test("what a repair finds again is neither listed nor counted twice", async () => {
  const session = newSession({
    repair: {
      question: () => [],
      run: async (keys: Iterable<WireKey>, job: DashboardJob): Promise<DiffSummary> => {
        for (const _ of keys);
        for (const number of [0, 1, 2, 1000])
          job.report({ type: "discrepancy", discrepancy: record(number) });
        return playRepair([record(0).key], job);
      },
    },
  });
  const shown = session.show({ stays: true });
  await until(() => session.frame().canRepair);
  session.repair();
  await until(() => session.spool.countState("repaired") === 1 && session.over);
  expect(session.spool.count("all")).toBe(18);
  const { missing, different, extraneous } = session.frame().state.totals.discrepancies;
  expect(missing + different + extraneous).toBe(18);
  session.quit();
  await shown;
});

test("without an offer, during a run, and with nothing left there is nothing to repair", async () => {
  const session = newSession({
    run: (job) => playRun({ ...FAST, mode: "repair" }, job),
    repair: { question: () => [], run: (keys, job) => playRepair(keys, job) },
  });
  const shown = session.show({ stays: true });
  session.repair();
  await until(() => session.over);
  await Bun.sleep(5);
  expect(session.spool.countState("repaired")).toBe(17);
  expect(session.frame().canRepair).toBe(false);
  session.quit();
  expect(await shown).not.toHaveProperty("repairSummary");
});
