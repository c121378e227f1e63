import { afterEach, expect, setSystemTime, test } from "bun:test";
import { steadyClock } from "../../src/core/pacing/steady-clock.ts";

const HOUR = 3_600_000;

afterEach(() => {
  setSystemTime();
});

test("time goes on while the machine sleeps, and does not go back when its clock is set", () => {
  const now = steadyClock();
  const before = now();
  setSystemTime(new Date(Date.now() + HOUR));
  const woken = now();
  expect(woken - before).toBeGreaterThanOrEqual(HOUR);
  setSystemTime(new Date(Date.now() - 2 * HOUR));
  expect(now()).toBeGreaterThanOrEqual(woken);
});
