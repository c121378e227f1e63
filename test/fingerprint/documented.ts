import { createHash } from "node:crypto";
import { gunzipSync } from "node:zlib";

/** A fingerprint recomputed from what docs/formats.md says, with nothing of src. */

export type Wire = Record<string, unknown>;
type Value = Record<string, unknown>;

export interface Documented {
  buckets: number;
  items: number;
  digest: string;
  counts: number[];
  sums: bigint[];
}

/** @param key names of the key attributes */
export function documented(items: Iterable<Wire>, key: readonly string[], buckets = 4096): Documented {
  const counts = new Array<number>(buckets).fill(0);
  const sums = new Array<bigint>(buckets).fill(0n);
  let count = 0;
  for (const item of items) {
    const digits = Math.log2(buckets) / 4;
    const bucket = Number.parseInt(idOf(item, key).slice(0, digits), 16);
    const digest = createHash("sha256").update(canonical(item)).digest("hex").slice(0, 32);
    counts[bucket]!++;
    sums[bucket] = (sums[bucket]! + BigInt(`0x${digest}`)) % 2n ** 128n;
    count++;
  }
  return { buckets, items: count, digest: sha256(tableOf(counts, sums)), counts, sums };
}

/** What a fingerprint's JSON says, its table taken apart and checked against its digest. */
export function opened(json: { buckets: number; items: number; digest: string; table: string }): Documented {
  const { buckets, items, digest } = json;
  const bytes = gunzipSync(Buffer.from(json.table, "base64"));
  if (bytes.length !== buckets * 20) throw new Error(`a table of ${bytes.length} bytes`);
  if (sha256(bytes) !== digest) throw new Error("the table has not got its digest");
  const counts = Array.from({ length: buckets }, (_, bucket) => bytes.readUInt32BE(bucket * 4));
  const sums = Array.from({ length: buckets }, (_, bucket) => {
    const at = buckets * 4 + bucket * 16;
    return BigInt(`0x${bytes.subarray(at, at + 16).toString("hex")}`);
  });
  return { buckets, items, digest, counts, sums };
}

/** The buckets in which two differ. */
export function differing(a: Documented, b: Documented): number[] {
  return a.counts.flatMap((count, bucket) =>
    count === b.counts[bucket] && a.sums[bucket] === b.sums[bucket] ? [] : [bucket],
  );
}

/** The name of a record's object in an incremental folder. */
export function idOf(item: Wire, key: readonly string[]): string {
  const parts = key.toSorted().map((name) => `${JSON.stringify(name)}:${JSON.stringify(item[name])}`);
  return sha256(Buffer.from(`{${parts.join(",")}}`));
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function tableOf(counts: number[], sums: bigint[]): Buffer {
  const hex = [
    ...counts.map((count) => count.toString(16).padStart(8, "0")),
    ...sums.map((sum) => sum.toString(16).padStart(32, "0")),
  ];
  return Buffer.from(hex.join(""), "hex");
}

function canonical(item: Wire): string {
  return map(Object.fromEntries(Object.entries(item).filter(([name]) => !name.startsWith("aws:rep:"))));
}

function map(attributes: Wire): string {
  const entries = Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1));
  return `M${entries.length}:${entries.map(([name, inner]) => counted(name) + value(inner as Value)).join("")}`;
}

const counted = (text: string) => `${text.length}:${text}`;

function value(typed: Value): string {
  const [[tag, content]] = Object.entries(typed) as [[string, never]];
  switch (tag) {
    case "S":
    case "B":
      return tag + counted(content);
    case "N":
      return `N${decimal(content)};`;
    case "BOOL":
      return content ? "T" : "F";
    case "NULL":
      return "0";
    case "M":
      return map(content);
    case "L":
      return `L${(content as Value[]).length}:${(content as Value[]).map(value).join("")}`;
    default: {
      const members = tag === "NS" ? (content as string[]).map(decimal) : [...(content as string[])];
      return `${tag}${members.length}:${members.sort().map(counted).join("")}`;
    }
  }
}

/** Significant digits without zeros at either end, and the power of ten where it is not 0. */
function decimal(text: string): string {
  const [mantissa = "", power = "0"] = text.toLowerCase().split("e");
  const [whole = "", fraction = ""] = mantissa.replace(/^[+-]/, "").split(".");
  let digits = BigInt(whole + fraction);
  if (digits === 0n) return "0";
  let exponent = Number(power) - fraction.length;
  while (digits % 10n === 0n) {
    digits /= 10n;
    exponent++;
  }
  return `${mantissa.startsWith("-") ? "-" : ""}${digits}${exponent === 0 ? "" : `e${exponent}`}`;
}
