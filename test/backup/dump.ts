import { expect } from "bun:test";
import { createHash } from "node:crypto";
import { gunzipSync, zstdDecompressSync } from "node:zlib";
import { documented, opened } from "../fingerprint/documented.ts";
import { type CliOptions, type CliResult, runDdbr } from "../helpers/cli.ts";
import type { TestPlace } from "../helpers/stores.ts";
import type { RawSegment } from "./raw-table.ts";

export interface DumpFile {
  segment: number;
  name: string;
  items: number;
  rawBytes: number;
  storedBytes: number;
  sha256: string;
  readUnits: number;
  startedAt: string;
  finishedAt: string;
}

export interface Manifest {
  format: string;
  version: number;
  job: string;
  segments: number;
  contents: "items" | "export";
  compression: "gzip" | "zstd" | "none";
  table: { name: string; arn: string; createdAt: string; keySchema: { name: string; type: string }[] };
  startedAt: string;
  finishedAt: string;
  items: number;
  rawBytes: number;
  storedBytes: number;
  readUnits: number;
  files: DumpFile[];
  fingerprint: Parameters<typeof opened>[0];
  description: { table: Record<string, unknown>; tags?: object[]; timeToLive?: object };
}

type Receipt = Pick<Manifest, "format" | "version" | "segments" | "contents" | "compression" | "table"> & {
  file: DumpFile;
};

export const backupWords = (table: string, place: TestPlace, ...words: string[]) => [
  ...["backup-table", table, place.url, ...place.options()],
  ...words,
];

/** Backs a table up by the binary. */
export function backUp(
  table: string,
  place: TestPlace,
  words: string[] = [],
  options: CliOptions = {},
): Promise<CliResult> {
  const env = { ...place.env, ...options.env };
  return runDdbr(backupWords(table, place, ...words), { timeoutMs: 300_000, ...options, env });
}

/** The same, of which nothing else than success is expected. */
export async function backedUp(table: string, place: TestPlace, ...words: string[]): Promise<CliResult> {
  const result = await backUp(table, place, words);
  expect(result.code, result.stdout + result.stderr).toBe(0);
  return result;
}

export async function readManifest(place: TestPlace, job: string): Promise<Manifest | undefined> {
  const body = await place.get(`${job}/manifest.json`);
  return body === undefined ? undefined : JSON.parse(body.toString());
}

/** The lines of a file as it is stored. */
export function linesOf(
  stored: Buffer,
  compression: Manifest["compression"],
): { lines: string[]; rawBytes: number } {
  const unpack = { gzip: gunzipSync, zstd: zstdDecompressSync, none: (bytes: Buffer) => bytes };
  const raw = unpack[compression](stored);
  if (raw.length === 0) return { lines: [], rawBytes: 0 };
  const lines = raw.toString().split("\n");
  expect(lines.pop(), "the last line is ended as well").toBe("");
  return { lines, rawBytes: raw.length };
}

/** What is not right of what passes for complete: nothing, whatever was killed when. */
export async function untruths(place: TestPlace, job: string): Promise<string[]> {
  const wrong: string[] = [];
  const keys = await place.keys(job);
  const there = new Map<number, DumpFile>();
  for (const key of keys.filter((name) => name.startsWith(`${job}/receipts/`))) {
    const { file } = JSON.parse((await place.get(key))!.toString()) as Receipt;
    there.set(file.segment, file);
    const stored = await place.get(`${job}/${file.name}`);
    if (stored === undefined) wrong.push(`${file.name} has a receipt and is not there`);
    else if (sha256Of(stored) !== file.sha256) wrong.push(`${file.name} is not what its receipt says`);
  }
  const manifest = await readManifest(place, job);
  if (manifest === undefined) return wrong;
  if (manifest.files.length !== manifest.segments) wrong.push("the manifest lacks files");
  for (const file of manifest.files) {
    if (JSON.stringify(there.get(file.segment)) !== JSON.stringify(file)) {
      wrong.push(`${file.name}: manifest and receipt differ`);
    }
  }
  return wrong;
}

function sha256Of(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/**
 * Expects a dump to be complete, all that is said of it to be true, and each file to hold what the server has in
 * that segment, to the byte. Returns the manifest.
 */
export async function expectWhole(place: TestPlace, job: string, table: RawSegment[]): Promise<Manifest> {
  const manifest = (await readManifest(place, job))!;
  expect(manifest, "a manifest").toBeDefined();
  expect(manifest).toMatchObject({ format: "ddbr-backup", version: 1, job, segments: table.length });
  const segments = table.map((_, segment) => segment);
  expect(manifest.files.map(({ segment }) => segment)).toEqual(segments);
  const names = manifest.files.flatMap(({ name, segment }) => [name, `receipts/${segment}.json`]);
  expect(await place.keys(job), "nothing else is there").toEqual(
    [...names, "manifest.json"].map((name) => `${job}/${name}`).sort(),
  );
  for (const [segment, file] of manifest.files.entries()) {
    await expectWholeFile(place, job, manifest, file, table[segment]!);
  }
  const rows = table.flatMap((segment) => segment.rows);
  expectFingerprint(manifest.fingerprint, rows, manifest.table.keySchema);
  const sum = (of: (file: DumpFile) => number) => manifest.files.reduce((total, file) => total + of(file), 0);
  expect(manifest).toMatchObject({
    items: table.reduce((total, { rows }) => total + rows.length, 0),
    rawBytes: sum(({ rawBytes }) => rawBytes),
    storedBytes: sum(({ storedBytes }) => storedBytes),
    readUnits: sum(({ readUnits }) => readUnits),
    startedAt: manifest.files.map(({ startedAt }) => startedAt).sort()[0],
    finishedAt: manifest.files
      .map(({ finishedAt }) => finishedAt)
      .sort()
      .at(-1),
  });
  return manifest;
}

/** Of more items the count is enough: it takes some seconds otherwise. */
const MOST_DIGESTED = 2000;

function expectFingerprint(
  fingerprint: Parameters<typeof opened>[0],
  rows: string[],
  key: readonly { name: string }[],
): void {
  const found = opened(fingerprint);
  expect(found.items).toBe(rows.length);
  if (rows.length > MOST_DIGESTED) return;
  const items = rows.map((row) => JSON.parse(row));
  const names = key.map(({ name }) => name);
  expect(found.digest).toBe(documented(items, names, found.buckets).digest);
}

const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

async function expectWholeFile(
  place: TestPlace,
  job: string,
  manifest: Manifest,
  file: DumpFile,
  { rows }: RawSegment,
): Promise<void> {
  const { segment, name } = file;
  const { contents, compression, segments, table } = manifest;
  const suffix = { gzip: ".gz", zstd: ".zst", none: "" }[compression];
  expect(name).toBe(contents === "export" ? `data/${segment}.json${suffix}` : `${segment}`);
  const stored = (await place.get(`${job}/${name}`))!;
  const { lines, rawBytes } = linesOf(stored, compression);
  expect(file).toEqual({
    ...{ segment, name, items: rows.length, rawBytes, storedBytes: stored.length, sha256: sha256Of(stored) },
    readUnits: expect.any(Number),
    startedAt: expect.stringMatching(MOMENT),
    finishedAt: expect.stringMatching(MOMENT),
  });
  expect(file.startedAt <= file.finishedAt).toBe(true);
  const { fingerprint, ...receipt } = JSON.parse(
    (await place.get(`${job}/receipts/${segment}.json`))!.toString(),
  );
  expectFingerprint(fingerprint, rows, table.keySchema);
  expect(receipt).toEqual({
    format: "ddbr-receipt",
    version: 1,
    segments,
    contents,
    compression,
    table,
    file,
  });
  const wanted = contents === "export" ? rows.map((row) => `{"Item":${row}}`).sort() : rows;
  // Comparing long lists for equality by the test runner would take minutes to say in what they differ.
  const found = lines.sort();
  expect(found.length).toBe(wanted.length);
  const other = found.findIndex((line, at) => line !== wanted[at]);
  if (other >= 0) expect(found[other]).toBe(wanted[other]!);
}
