import type { Discrepancy, DiscrepancyKind } from "../../core/diff/discrepancy.ts";
import { DISCREPANCY_KINDS } from "../../core/diff/discrepancy.ts";
import { attributesObject } from "../../core/diff/report-lines.ts";
import { escapeForTerminal } from "../../core/escape.ts";
import type { SideRead } from "../../core/fingerprint/diff-buckets.ts";
import type { ComparedFingerprints } from "../../core/fingerprint/fingerprint.ts";
import type { FoundFingerprint } from "../../core/fingerprint/fingerprint-file.ts";
import { digestOfTable } from "../../core/fingerprint/fingerprint-json.ts";
import { humanJson, safeJson } from "../../core/item/human.ts";
import { formatCount, plural } from "../output/figures.ts";
import { createForeignLines } from "../output/foreign-lines.ts";
import type { OutputMode } from "../output/mode.ts";

type Named = FoundFingerprint & { name: string };

/** Says what two fingerprints, and their items, differ in. */
export interface Teller {
  compared(a: Named, b: Named, compared: ComparedFingerprints): void;
  found(discrepancy: Discrepancy): void;
  foreign(event: { object: string; reason: string }): void;
  read(items: number): void;
  listed(read: { a: SideRead; b: SideRead }): void;
}

/** Of the buckets that differ; JSON has them all. */
const MOST_NAMED = 12;
const SHORT_DIGEST = 16;
const PROGRESS_EVERY_MS = 5_000;

export function createTeller(mode: OutputMode, write: (line: string) => void): Teller {
  return mode === "json"
    ? jsonTeller(write)
    : lineTeller((text) => write(`${escapeForTerminal(text)}\n`), mode);
}

function lineTeller(line: (text: string) => void, mode: OutputMode): Teller {
  const quiet = mode === "quiet";
  const foreign = createForeignLines(line, { quiet });
  const counts: Record<DiscrepancyKind, number> = { missing: 0, different: 0, extraneous: 0 };
  let buckets = 0;
  let read = 0;
  let toldAt = performance.now();
  return {
    compared(a, b, compared) {
      if (!quiet) for (const [label, side] of Object.entries({ a, b })) line(sideText(label, side));
      buckets = compared.differing.length;
      line(verdict(compared));
      if (buckets > 0 && !quiet) line(bucketsText(compared));
    },
    foreign,
    read(more) {
      read += more;
      if (quiet || performance.now() - toldAt < PROGRESS_EVERY_MS) return;
      toldAt = performance.now();
      line(`[progress] ${plural(read, "item")} read`);
    },
    found({ kind, key }) {
      counts[kind]++;
      line(`[${kind}] ${humanJson(key)}`);
    },
    listed(sides) {
      for (const [label, { changed }] of Object.entries(sides)) {
        if (changed === 0) continue;
        line(
          `${label} has changed since its fingerprint was taken, in ${formatCount(changed)} of these buckets`,
        );
      }
      const kinds = DISCREPANCY_KINDS.filter((kind) => counts[kind] > 0);
      const all = kinds.reduce((sum, kind) => sum + counts[kind], 0);
      const each = kinds.map((kind) => `${formatCount(counts[kind])} ${kind}`).join(", ");
      line(`${plural(all, "discrepancy", "discrepancies")} now${each && `: ${each}`}`);
      if (quiet) return;
      line(
        `read ${plural(sides.a.items, "item")} of a and ${formatCount(sides.b.items)} of b in ${plural(buckets, "bucket")}`,
      );
    },
  };
}

function sideText(label: string, { name, source, asOf, table }: Named): string {
  const of = source === undefined ? "" : ` of ${source}`;
  const when = asOf === undefined ? "" : ` as of ${asOf}`;
  return `${label}  ${name}: ${digestOfTable(table).slice(0, SHORT_DIGEST)}${of}, ${plural(table.items, "item")}${when}`;
}

function verdict({ a, b, differing }: ComparedFingerprints): string {
  if (differing.length === 0) return "equal";
  const more = b.items - a.items;
  const items =
    more === 0 ? "as many items" : `${plural(Math.abs(more), "item")} ${more > 0 ? "more" : "fewer"} in b`;
  return `different: ${plural(differing.length, "bucket")} of ${formatCount(a.buckets)}, ${items}`;
}

function bucketsText({ a, differing }: ComparedFingerprints): string {
  const named = differing.slice(0, MOST_NAMED).map((bucket) => bucketName(bucket, a.buckets));
  const more = differing.length - named.length;
  return `buckets ${named.join(" ")}${more > 0 ? ` and ${formatCount(more)} more` : ""}`;
}

/** The first hex digits of the ids of the keys in it. */
function bucketName(bucket: number, buckets: number): string {
  return bucket.toString(16).padStart(Math.log2(buckets) / 4, "0");
}

function jsonTeller(write: (line: string) => void): Teller {
  const emit = (event: string, fields: object) =>
    write(`${safeJson({ event, time: new Date().toISOString(), ...fields })}\n`);
  const sideOf = ({ name, source, asOf, table }: Named) => ({
    name,
    source,
    asOf,
    items: table.items,
    buckets: table.buckets,
    digest: digestOfTable(table),
  });
  return {
    compared(a, b, { a: table, differing }) {
      const names = differing.map((bucket) => bucketName(bucket, table.buckets));
      const equal = differing.length === 0;
      emit("compared", { equal, a: sideOf(a), b: sideOf(b), buckets: table.buckets, differing: names });
    },
    found: ({ kind, key, attributes }) =>
      emit("discrepancy", { kind, key, attributes: attributesObject(attributes) }),
    read: () => {},
    foreign: ({ object, reason }) => emit("foreign", { object, reason }),
    listed: (read) => emit("listed", read),
  };
}
