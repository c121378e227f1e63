import { expect, test } from "bun:test";
import type { TransferEvent } from "../../../src/core/transfer/transfer-events.ts";
import { type RunTransfer, TransferSession } from "../../../src/tui/dashboards/transfer-session.ts";
import { playTransfer, type TransferScript } from "./fixtures/scripted-transfer.ts";

const newSession = (script: TransferScript) =>
  new TransferSession((job) => playTransfer({ steps: 10, stepMs: 1, ...script }, job));

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await Bun.sleep(1);
}

test.each(["backup", "backfill", "snapshot"] as const)(
  "a %s never goes back, and is all done only when it has finished",
  async (job) => {
    const session = newSession({ job, steps: 60, expected: 50_000, mishaps: [] });
    const shown = session.show();
    const fractions: number[] = [];
    while (!session.over) {
      const { fraction, activity } = session.frame();
      if (activity !== "finished") fractions.push(fraction);
      await Bun.sleep(1);
    }
    expect((await shown).outcome).toBe("complete");
    expect(fractions).toEqual(fractions.toSorted((a, b) => a - b));
    expect(Math.max(...fractions)).toBeLessThan(1);
    expect(session.frame()).toMatchObject({ fraction: 1, activity: "finished" });
  },
);

test("a run that could not do everything is never all done", async () => {
  const session = newSession({});
  expect((await session.show()).outcome).toBe("incomplete");
  expect(session.frame().fraction).toBeLessThan(1);
});

test("a paused run stands, goes on, and can be stopped while it stands", async () => {
  const session = newSession({ steps: 10_000 });
  const shown = session.show();
  await until(() => session.frame().state.totals.written > 0);
  session.togglePause();
  await Bun.sleep(20);
  const { state, elapsed } = session.frame();
  await Bun.sleep(30);
  expect(session.frame()).toMatchObject({ activity: "paused", state, elapsed });
  expect(session.frame().rates.source.items).toBe(0);
  session.togglePause();
  await until(() => session.frame().state !== state);
  session.togglePause();
  session.quit();
  expect(session.frame().activity).toBe("stopping");
  expect((await shown).outcome).toBe("interrupted");
});

test("the time to go is that of what this run has to do", async () => {
  let now = 0;
  let report!: (event: TransferEvent) => void;
  const never: RunTransfer = (job) => {
    report = job.report;
    return new Promise(() => {});
  };
  const session = new TransferSession(never, () => now);
  void session.show();
  session.frame();
  const ends = { source: "a", destination: "b" };
  const estimate = { items: 1_000_000, bytes: 0, readUnits: 0 };
  report({
    type: "started",
    job: "backup",
    jobId: "j",
    ...ends,
    segments: 10,
    chosen: [...Array(10).keys()],
    estimate,
  });
  for (let segment = 0; segment < 9; segment++)
    report({ type: "segment-kept", segment, items: 100_000, rawBytes: 1, storedBytes: 1 });
  report({ type: "segment-started", segment: 9 });
  for (; now < 10_000; now += 100) {
    report({ type: "written", segment: 9, items: 100, rawBytes: 1, storedBytes: 1 });
    session.frame();
  }
  const { eta, fraction } = session.frame();
  expect(fraction).toBeCloseTo(0.91);
  expect(eta).toBeGreaterThan(85_000);
  expect(eta).toBeLessThan(95_000);
});

test("what the run rejects with is passed on", async () => {
  await expect(newSession({ failure: new Error("no such bucket") }).show()).rejects.toThrow("no such bucket");
});
