import { expect, test } from "bun:test";
import { type JobPacingOptions, joinJobPacing } from "../../src/core/job/job-pacing.ts";
import { withState } from "../state/opened-places.ts";
import { fastTime } from "./fast-time.ts";

const NO_LIMITS = { primary: {}, replica: {} };

/** What is in the place after a worker has joined and left, without the worker's name and numbers. */
async function metersOf(options: Pick<JobPacingOptions, "limits" | "budget">): Promise<string[]> {
  return withState("directory", async (place, outside) => {
    const prices = { read: 1, write: 1 };
    const common = { place, worker: "one", prices, time: fastTime(10) };
    await using pacing = await joinJobPacing({ ...common, ...options });
    for (const table of Object.keys(options.limits)) {
      const { read, write } = pacing.paces(table);
      await Promise.all([read.ready(1), write.ready(1)]);
      read.spent(1);
      write.spent(1);
    }
    const [name, ...more] = await outside.keys("pace");
    expect(more).toEqual([]);
    return (name?.split("_").slice(4) ?? []).map((meter) => meter.split(".")[0]!);
  });
}

test("where nothing is limited, nothing is shared", async () => {
  expect(await metersOf({ limits: NO_LIMITS, budget: undefined })).toEqual([]);
});

test("of rates those are shared that are limited", async () => {
  const limits = { primary: { read: 1_000 }, replica: { read: 1_000, write: 50 } };
  const meters = ["primary-read", "replica-read", "replica-write"];
  expect(await metersOf({ limits, budget: undefined })).toEqual(meters);
});

test("a budget is for whatever costs something", async () => {
  const meters = ["primary-read", "primary-write", "replica-read", "replica-write"];
  expect(await metersOf({ limits: NO_LIMITS, budget: 1 })).toEqual(meters);
});

test("a worker's name may be any", () =>
  withState("directory", async (place, outside) => {
    const worker = `IP-10-0-0-1.${"x".repeat(60)}.Example:4711`;
    const limits = { table: { read: 1 } };
    await using _ = await joinJobPacing({
      place,
      worker,
      limits,
      budget: undefined,
      prices: { read: 1, write: 1 },
    });
    const [name] = await outside.keys("pace");
    expect(name).toMatch(/^pace\/[a-z0-9-]{48}_1_0_/);
    expect(name).toContain("example-4711_");
  }));
