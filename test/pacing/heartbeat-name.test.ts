import { expect, test } from "bun:test";
import fc from "fast-check";
import type { Heartbeat } from "../../src/core/pacing/heartbeat.ts";
import { heartbeatName, parseHeartbeatName } from "../../src/core/pacing/heartbeat-name.ts";

const LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789-".split("");
const count = fc.integer({ min: 0, max: 1e15 });
const units = fc.integer({ min: 0, max: 1e12 }).map((halves) => halves / 2);

function word(longest: number) {
  return fc
    .array(fc.constantFrom(...LETTERS), { minLength: 1, maxLength: longest })
    .map((letters) => letters.join(""));
}

const heartbeat: fc.Arbitrary<Heartbeat> = fc.record({
  worker: word(48),
  sequence: count,
  left: fc.boolean(),
  charged: count,
  meters: fc
    .array(
      fc.tuple(
        word(16),
        fc.record({
          consumed: units,
          wanted: fc.oneof(units, fc.constant(Number.POSITIVE_INFINITY)),
          throttled: fc.boolean(),
        }),
      ),
      { maxLength: 4 },
    )
    .map(Object.fromEntries),
});

test("a heartbeat is read from its name, which any store takes", () => {
  fc.assert(
    fc.property(heartbeat, (beat) => {
      const name = heartbeatName(beat);
      expect(name).toMatch(/^[a-z0-9._-]{1,254}$/);
      expect(parseHeartbeatName(name)).toEqual(beat);
    }),
  );
});

test("a name says what the documentation says", () => {
  const meters = { "orders-read": { consumed: 1.5, wanted: Number.POSITIVE_INFINITY, throttled: true } };
  const name = heartbeatName({ worker: "segment-7", sequence: 36, left: false, charged: 35, meters });
  expect(name).toBe("segment-7_10_0_z_orders-read.15o.x.1");
});

test.each([
  "",
  "readme.txt",
  "a_1_0",
  "a_1_2_0",
  "A_1_0_0",
  "a_1_0_0_m",
  "a_1_0_0_m.1.1",
  "a_1_0_0_m.1.-.0",
  "a_-1_0_0",
  "a_zzzzzzzzzzz_0_0",
  "a_1_0_0_a.1.1.0_b.1.1.0_c.1.1.0_d.1.1.0_e.1.1.0",
  `${"a".repeat(49)}_1_0_0`,
])("%p is no heartbeat", (name) => {
  expect(parseHeartbeatName(name)).toBeUndefined();
});
