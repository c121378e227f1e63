import { expect, test } from "bun:test";
import { clock, remaining } from "../../../src/tui/format/duration.ts";
import {
  byteCount,
  compactCount,
  compactRate,
  exactCount,
  percentage,
} from "../../../src/tui/format/numbers.ts";

test.each([
  [0, "0"],
  [9999, "9999"],
  [9999.6, "10.0 k"],
  [12_345, "12.3 k"],
  [999_949, "999.9 k"],
  [999_999, "1.0 M"],
  [18_400_000, "18.4 M"],
  [1e21, "1000000.0 P"],
  [-3, "0"],
  [Number.NaN, "0"],
  [Number.POSITIVE_INFINITY, "0"],
])("a count of %p is %p", (count, text) => {
  expect(compactCount(count)).toBe(text);
});

test.each([
  [0, "0"],
  [Number.NaN, "0"],
  [-1, "0"],
  [0.04, "0.0"],
  [3.21, "3.2"],
  [31_000, "31.0 k"],
])("a rate of %p is %p", (rate, text) => {
  expect(compactRate(rate)).toBe(text);
});

test("exact counts are grouped", () => {
  expect([0, 999, 1000, 102_394, 1_234_567].map(exactCount)).toEqual([
    "0",
    "999",
    "1 000",
    "102 394",
    "1 234 567",
  ]);
});

test("bytes keep one decimal", () => {
  expect([0, 999, 1000, 4_600_000_000, Number.NaN].map(byteCount)).toEqual([
    "0 B",
    "999 B",
    "1.0 kB",
    "4.6 GB",
    "0 B",
  ]);
});

test("100 % is all", () => {
  expect([0, 0.469, 0.9999, 1, 2].map(percentage)).toEqual(["0 %", "46 %", "99 %", "100 %", "100 %"]);
});

test("clocks", () => {
  const seconds = [0, 134, 3600 + 134, 3 * 86_400 + 4 * 3600 + 300];
  expect(seconds.map((time) => clock(time * 1000))).toEqual(["00:00", "02:14", "1:02:14", "3d 04:05"]);
  expect(clock(-5)).toBe("00:00");
});

test("a time to go is as coarse as it is uncertain", () => {
  expect([undefined, Number.NaN, -1, 900, 61_000, 601_000].map((time) => remaining(time))).toEqual([
    "--:--",
    "--:--",
    "00:00",
    "00:01",
    "01:05",
    "10:10",
  ]);
});
