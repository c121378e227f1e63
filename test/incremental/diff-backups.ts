import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { DDBR } from "../helpers/cli.ts";
import { programEnvironment } from "../helpers/program-environment.ts";
import type { TestPlace } from "../helpers/stores.ts";

/** An item, or a key, as it stands in files: binary is text. */
export type WireItem = Record<string, unknown>;

/** Items by their objects' names: for comparing a folder with a table, in whatever order each comes. */
export function byName(items: WireItem[]): Record<string, unknown> {
  return Object.fromEntries(items.map((item) => [idName(item), asCompared(item)]));
}

/** What an incremental folder holds. */
export async function itemsIn(place: TestPlace, folder: string): Promise<WireItem[]> {
  const bodies = (await place.keys(folder)).map(async (key) => (await place.get(key))!.toString());
  return (await Promise.all(bodies)).map((body) => JSON.parse(body));
}

const PUTS_AT_ONCE = 32;

/** For comparing what DynamoDB takes for equal: the value with the members of its sets in order, and small numbers as such. */
export function asCompared(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asCompared);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      name === "SS" && Array.isArray(inner)
        ? inner.toSorted()
        : name === "N"
          ? Number(inner)
          : asCompared(inner),
    ]),
  );
}

/** The object's name in an incremental folder, from the key in the order given. */
export function hashName(key: WireItem, algorithm: "sha256" | "md5" = "sha256"): string {
  return createHash(algorithm).update(JSON.stringify(key)).digest("hex");
}

export const idName = (item: WireItem) => hashName({ id: item.id });

/** Writes an incremental folder: one object for each item, its name and body as given, else as they should be. */
export async function writeFolder(
  place: TestPlace,
  folder: string,
  items: Iterable<WireItem>,
  nameOf: (item: WireItem) => string = idName,
): Promise<void> {
  if (place.kind === "directory") {
    mkdirSync(join(place.url, folder), { recursive: true });
    for (const item of items) writeFileSync(join(place.url, folder, nameOf(item)), JSON.stringify(item));
    return;
  }
  const queue = items[Symbol.iterator]();
  const worker = async () => {
    for (let next = queue.next(); !next.done; next = queue.next()) {
      await place.put(`${folder}/${nameOf(next.value)}`, JSON.stringify(next.value));
    }
  };
  await Promise.all(Array.from({ length: PUTS_AT_ONCE }, worker));
}

export const COMPRESS = {
  gzip: (text: string) => gzipSync(text, { level: 1 }),
  zstd: (text: string) => zstdCompressSync(text),
  none: (text: string) => Buffer.from(text),
};
export type Compression = keyof typeof COMPRESS;

export const lines = (items: Iterable<WireItem>) =>
  [...items].map((item) => `${JSON.stringify(item)}\n`).join("");

export const exportLines = (items: Iterable<WireItem>) =>
  [...items].map((item) => `${JSON.stringify({ Item: item })}\n`).join("");

export interface DumpOptions {
  compression?: Compression;
  files?: number;
  /** Changes the manifest before it is written. */
  manifest?: (manifest: { files: DumpFile[]; [member: string]: unknown }) => unknown;
}

export interface DumpFile {
  segment: number;
  name: string;
  items: number;
  sha256: string;
}

/** Writes a dump with its manifest, as docs/formats.md has it. */
export async function writeDump(
  place: TestPlace,
  folder: string,
  items: Iterable<WireItem>,
  { compression = "gzip", files: count = 3, manifest = (whole) => whole }: DumpOptions = {},
): Promise<void> {
  const shares: WireItem[][] = Array.from({ length: count }, () => []);
  let next = 0;
  for (const item of items) shares[next++ % count]!.push(item);
  const files: DumpFile[] = [];
  for (const [segment, share] of shares.entries()) {
    const bytes = COMPRESS[compression](lines(share));
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    await place.put(`${folder}/${segment}`, bytes);
    files.push({ segment, name: String(segment), items: share.length, sha256 });
  }
  const whole = { format: "ddbr-backup", version: 1, job: "j", segments: count, contents: "items", files };
  await place.put(`${folder}/manifest.json`, JSON.stringify(manifest(whole)));
}

export interface ReportLine {
  kind: string;
  key?: Record<string, { S?: string; N?: string }>;
  attributes?: Record<string, { primary?: unknown; replica?: unknown }>;
  reason?: string;
}

export interface DiffRunResult {
  code: number;
  stdout: string;
  stderr: string;
  report: ReportLine[];
  /** `missing order-1` … of the report, sorted; records with another key by that as JSON. */
  found: string[];
  peakMb: number;
}

export interface DiffRunOptions {
  /** An S3 server to ask instead, such as a proxy. */
  endpoint?: string;
  settle?: string;
  timeoutMs?: number;
  /** Told of the program when it runs; e.g. to stop it. */
  started?: (program: { kill(signal: NodeJS.Signals): void }) => unknown;
}

/** Runs `ddbr incremental-diff <table> <place>/<path>` as a user does, and reads its report. */
export async function incrementalDiff(
  table: string,
  place: TestPlace,
  path: string,
  words: string[] = [],
  { endpoint, settle = "0.3", timeoutMs = 60_000, started }: DiffRunOptions = {},
): Promise<DiffRunResult> {
  const own = mkdtempSync(join(tmpdir(), "ddbr-test-"));
  const reportFile = join(own, "report.ndjson");
  const url = path === "" ? place.url : `${place.url}/${path}`;
  const options = [...place.options(endpoint), "--settle", settle, "--report", reportFile];
  const child = Bun.spawn([DDBR, "incremental-diff", table, url, ...options, ...words], {
    env: programEnvironment(place.env),
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
    timeout: timeoutMs,
    killSignal: "SIGKILL",
  });
  const memory = watchMemory(child.pid);
  try {
    started?.(child);
    const [stdout, stderr, code] = await Promise.all([
      child.stdout.text(),
      child.stderr.text(),
      child.exited,
    ]);
    const report = readReport(reportFile);
    return { code, stdout, stderr, report, found: foundIn(report), peakMb: memory.peakMb() };
  } finally {
    memory.stop();
    rmSync(own, { recursive: true });
  }
}

/** The program's own peak, by what Linux says while it runs: what is told at its end includes the tests' own process. */
function watchMemory(pid: number): { peakMb(): number; stop(): void } {
  let peak = 0;
  const look = () => {
    try {
      const status = readFileSync(`/proc/${pid}/status`, "utf8");
      peak = Math.max(peak, Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0));
    } catch {
      // It has just ended.
    }
  };
  const timer = setInterval(look, 25);
  return { peakMb: () => peak / 1024, stop: () => clearInterval(timer) };
}

function readReport(path: string): ReportLine[] {
  try {
    return readFileSync(path, "utf8")
      .split("\n")
      .filter(Boolean)
      .map((row) => JSON.parse(row) as ReportLine);
  } catch {
    // Refused before there was anything to report.
    return [];
  }
}

function foundIn(report: ReportLine[]): string[] {
  return report
    .filter(({ kind }) => kind !== "undone")
    .map(({ kind, key }) => `${kind} ${key!.id?.S ?? JSON.stringify(key)}`)
    .sort();
}

/** The events of a run with --json. */
export function events(stdout: string): Record<string, unknown>[] {
  return stdout
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}
