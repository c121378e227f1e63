import { describe, expect, test } from "bun:test";
import type { Candidate } from "../../src/core/diff/candidate.ts";
import { judge, newPending, type Verdict } from "../../src/core/diff/pending.ts";
import type { WireItem } from "../../src/core/item/attribute-value.ts";
import { digestOf } from "../../src/core/item/digest.ts";

const SETTLE = 1_000;
const image = (v: number): WireItem => ({ id: { S: "a" }, v: { N: String(v) } });

/** What a record is judged to be at each look: `[ms, primary, replica]`, an image's number or undefined. */
function verdicts(
  looks: [at: number, primary: number | undefined, replica: number | undefined][],
  origin: Candidate["origin"] = "pair",
): Verdict[] {
  const [[, p, r]] = looks as [(typeof looks)[0]];
  const sighting = {
    primary: p === undefined ? undefined : digestOf(image(p)),
    replica: r === undefined ? undefined : digestOf(image(r)),
  };
  const pending = newPending({ key: "a", origin, sighting }, SETTLE, 0);
  return looks
    .slice(1)
    .map(([now, primary, replica]) =>
      judge(
        pending,
        primary === undefined ? undefined : image(primary),
        replica === undefined ? undefined : image(replica),
        { ignored: undefined, settleMs: SETTLE, now },
      ),
    );
}

describe("a record that looked different", () => {
  test("is confirmed when both sides have stayed so for the settling time, not before", () => {
    expect(
      verdicts([
        [0, 1, 0],
        [900, 1, 0],
        [1_000, 1, 0],
      ]),
    ).toEqual(["unsettled", "confirmed"]);
    expect(
      verdicts([
        [0, 1, 0],
        [1_000, 2, 0],
        [1_900, 2, 0],
        [2_000, 2, 0],
      ]),
    ).toEqual(["unsettled", "unsettled", "confirmed"]);
  });

  test("is none when it has become equal, however late", () => {
    expect(
      verdicts([
        [0, 1, 0],
        [1_000, 2, 1],
        [2_500, 2, 2],
      ]),
    ).toEqual(["unsettled", "equal"]);
  });

  test("whose sides both keep changing is left to whoever replicates it", () => {
    const looks = Array.from({ length: 7 }, (_, n): [number, number, number] => [n * 1_000, n + 1, n]);
    expect(verdicts(looks)).toEqual([...Array(5).fill("unsettled"), "restless"]);
  });

  test("whose primary keeps changing while the replica never follows is confirmed", () => {
    const looks = Array.from({ length: 7 }, (_, n): [number, number, number] => [n * 1_000, n + 1, 0]);
    expect(verdicts(looks)).toEqual([...Array(5).fill("unsettled"), "confirmed"]);
  });

  test("that had to wait long for its turn has not been changing", () => {
    expect(
      verdicts([
        [0, 1, 0],
        [3_600_000, 2, 1],
        [3_601_000, 2, 1],
      ]),
    ).toEqual(["unsettled", "confirmed"]);
  });

  test("becomes what another candidate answers for", () => {
    expect(
      verdicts(
        [
          [0, 1, undefined],
          [1_000, undefined, 0],
        ],
        "primary",
      ),
    ).toEqual(["elsewhere"]);
    expect(
      verdicts(
        [
          [0, undefined, 0],
          [1_000, 1, 0],
        ],
        "replica",
      ),
    ).toEqual(["elsewhere"]);
    expect(
      verdicts(
        [
          [0, 1, 0],
          [1_000, undefined, 0],
          [2_000, undefined, 0],
        ],
        "pair",
      ),
    ).toEqual(["unsettled", "confirmed"]);
  });
});
