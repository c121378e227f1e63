import { expect, test } from "bun:test";
import type { Metadata, ObjectVersion } from "../../src/core/store/object-store.ts";
import { foldTombstones } from "../../src/core/store/s3/tombstone.ts";

/** A history in the order it was made: `put`, `mark`, and `tomb x` for a tombstone that holds x; `/ 600` lets seconds pass. */
function history(...events: string[]): string[] {
  const tombstones = new Map<ObjectVersion, Metadata>();
  let modified = 1_000_000;
  const versions = events.flatMap((event, index): ObjectVersion[] => {
    const [what, of] = event.split(" ");
    if (what === "/") {
      modified += Number(of) * 1_000;
      return [];
    }
    const version = {
      key: "k",
      versionId: `${index}`,
      modified,
      size: 0,
      deleted: what === "mark",
      archived: false,
    };
    if (what === "tomb") tombstones.set(version, { of: of! });
    return [version];
  });
  return foldTombstones(versions.reverse(), tombstones)
    .map(({ version, recorded }) => {
      const what = version.deleted ? "deleted" : "put";
      return `${version.versionId} ${what}${recorded ? ` ${recorded.of}` : ""}`;
    })
    .reverse();
}

test("a marker and its tombstone are one deletion", () => {
  expect(history("put", "tomb a", "mark", "put")).toEqual(["0 put", "2 deleted a", "3 put"]);
});

test("a plain deletion has nothing recorded", () => {
  expect(history("put", "mark", "put", "mark")).toEqual(["0 put", "1 deleted", "2 put", "3 deleted"]);
});

test("what others wrote between a tombstone and its marker stays", () => {
  expect(history("tomb a", "put", "mark")).toEqual(["1 put", "2 deleted a"]);
});

test("deletions at once each have their own", () => {
  expect(history("put", "tomb a", "tomb b", "mark", "mark")).toEqual(["0 put", "3 deleted a", "4 deleted b"]);
});

test("a marker or a tombstone that was put twice, since an answer was lost", () => {
  expect(history("tomb a", "mark", "mark")).toEqual(["1 deleted a", "2 deleted a"]);
  expect(history("tomb a", "tomb a", "mark")).toEqual(["2 deleted a"]);
});

test("a tombstone whose writer was killed is a deletion by itself", () => {
  expect(history("put", "tomb a")).toEqual(["0 put", "1 deleted a"]);
  expect(history("put", "tomb a", "put", "/ 600", "mark")).toEqual([
    "0 put",
    "1 deleted a",
    "2 put",
    "4 deleted",
  ]);
});
