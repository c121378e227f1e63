import { compareFingerprints, type Fingerprint, haveSameKey } from "../fingerprint/fingerprint.ts";
import type { RestoreSummary } from "../restore/restore-events.ts";
import type { CheckName, DrillCheck, LiveDifferences } from "./drill-result.ts";
import type { DrillSource } from "./drill-source.ts";

const COUNT = new Intl.NumberFormat("en");

/** The source was read to its end, and every count and checksum that its manifests give was right. */
export function sourceCheck({ source, manifest }: DrillSource, records: number): DrillCheck {
  const read = plural(records, "record");
  const detail: Record<typeof source.kind, string> = {
    dump: `${read}, ${plural(manifest?.files ?? 0, "file")}: counts and SHA-256 right`,
    file: manifest === undefined ? `${read}, with no manifest to go by` : `${read}: count and SHA-256 right`,
    folder: `${read}, each an object`,
    export: `${read}: counts and MD5 right`,
    changes: read,
  };
  return passed("source", detail[source.kind]);
}

/** What restoring has told of itself; it compares every record once more at its end. */
export function writtenCheck({ outcome, totals }: RestoreSummary): DrillCheck {
  const { written, undone, raced, discrepancies } = totals;
  if (outcome === "restored") {
    return passed("written", `${plural(written.create, "record")} written, and read back equal`);
  }
  // What was refused is missing when it is read back.
  const otherwise = Math.max(0, discrepancies - undone);
  const problems = [
    ...(undone > 0 ? [`${plural(undone, "record")} refused by DynamoDB`] : []),
    ...(raced > 0 ? [`${plural(raced, "record")} written by somebody else`] : []),
    ...(otherwise > 0 ? [`${plural(otherwise, "record")} read back otherwise`] : []),
  ];
  return failed("written", problems.join(", "));
}

/**
 * @param restored items that a scan has found
 * @param records that were read of the source
 */
export function countCheck(
  { manifest }: DrillSource,
  { plan }: RestoreSummary,
  restored: number,
  records: number,
): DrillCheck {
  const expected = manifest?.items ?? records;
  const says = manifest === undefined ? "were read" : "the manifest says";
  if (restored === expected) return passed("count", `${plural(restored, "item")}, as ${says}`);
  const again = records - (plan?.changes.create.items ?? records);
  const twice = again > 0 ? `; the backup holds ${plural(again, "record")} once more` : "";
  return failed("count", `${plural(restored, "item")}, and ${COUNT.format(expected)} ${says}${twice}`);
}

export function itemsCheck(restored: Fingerprint, read: Fingerprint): DrillCheck {
  return fingerprintCheck("items", restored, read, "what was read");
}

export function manifestCheck(restored: Fingerprint, recorded: Fingerprint): DrillCheck {
  return fingerprintCheck("manifest-fingerprint", restored, recorded, "the manifest's");
}

/** @param differences counted where the fingerprints differ */
export function againstCheck(
  restored: Fingerprint,
  live: Fingerprint,
  differences: LiveDifferences | undefined,
): DrillCheck {
  const check = fingerprintCheck("against", restored, live, "the live table's");
  if (differences === undefined) return check;
  const { onlyRestored, different, onlyLive } = differences;
  const records = `${plural(different, "record")} different, ${COUNT.format(onlyRestored)} only in the backup, ${COUNT.format(onlyLive)} only in the live table`;
  return failed("against", `${records}; ${check.detail}`);
}

/** Those that it did not come to. */
export function notDone(names: readonly CheckName[], why: string): DrillCheck[] {
  return names.map((name) => ({ name, result: "not-done", detail: why }));
}

export function failed(name: CheckName, detail: string): DrillCheck {
  return { name, result: "failed", detail };
}

function passed(name: CheckName, detail: string): DrillCheck {
  return { name, result: "passed", detail };
}

function fingerprintCheck(
  name: CheckName,
  restored: Fingerprint,
  other: Fingerprint,
  which: string,
): DrillCheck {
  if (!haveSameKey(restored.key, other.key))
    return failed(name, `the key is not that of ${which} fingerprint`);
  const { a, differing } = compareFingerprints(restored, other);
  const buckets = COUNT.format(a.buckets);
  if (differing.length === 0) return passed(name, `fingerprint equal to ${which}`);
  const counts = `${COUNT.format(restored.table.items)} items and ${COUNT.format(other.table.items)}`;
  return failed(
    name,
    `fingerprint differs from ${which} in ${COUNT.format(differing.length)} of ${buckets} buckets (${counts})`,
  );
}

function plural(count: number, one: string): string {
  return `${COUNT.format(count)} ${one}${count === 1 ? "" : "s"}`;
}
