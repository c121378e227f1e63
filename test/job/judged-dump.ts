import { expect } from "bun:test";
import { createHash } from "node:crypto";
import { type DumpFile, linesOf, type Manifest, readManifest } from "../backup/dump.ts";
import { rawSegment } from "../backup/raw-table.ts";
import { documented, opened } from "../fingerprint/documented.ts";
import type { TestPlace } from "../helpers/stores.ts";

const SUFFIX = { gzip: ".gz", zstd: ".zst", none: "" };

/**
 * Expects a dump by many workers to be complete: what its manifest says is true, its files hold each item of the table exactly once,
 * in the segment that the server has it in, and nothing else lies beside them. Returns the manifest.
 */
export async function expectSharedDump(place: TestPlace, job: string, table: string): Promise<Manifest> {
  const manifest = (await readManifest(place, job))!;
  expect(manifest, "a manifest").toBeDefined();
  const { files, segments, contents, compression } = manifest;
  expect(await place.keys(job), "nothing else is there").toEqual(
    [...files.map(({ name }) => name), "manifest.json"].map((name) => `${job}/${name}`).sort(),
  );
  const items: Record<string, unknown>[] = [];
  for (let segment = 0; segment < segments; segment++) {
    const own = files.filter((file) => file.segment === segment);
    const lines: string[] = [];
    for (const [at, file] of own.entries()) {
      const base = `${segment}-\\d+-${at + 1}`;
      const name = contents === "export" ? `data/${base}.json${SUFFIX[compression]}` : base;
      expect(file.name).toMatch(new RegExp(`^${name}$`));
      lines.push(...(await linesOfFile(place, job, file, compression)));
    }
    const rows = lines.map((line) => (contents === "export" ? JSON.stringify(JSON.parse(line).Item) : line));
    // Not compared as lists: the test runner would take minutes to say in what they differ.
    const wanted = await rawSegment(table, segment, segments);
    expect(rows.sort().join("\n") === wanted.rows.join("\n"), `items of segment ${segment}`).toBe(true);
    items.push(...rows.map((row) => JSON.parse(row)));
  }
  expect(files.map(({ segment }) => segment)).toEqual(
    files.map(({ segment }) => segment).toSorted((a, b) => a - b),
  );
  const sum = (of: (file: DumpFile) => number) => files.reduce((total, file) => total + of(file), 0);
  expect(manifest).toMatchObject({
    ...{ format: "ddbr-backup", version: 1, job, items: items.length },
    rawBytes: sum(({ rawBytes }) => rawBytes),
    storedBytes: sum(({ storedBytes }) => storedBytes),
    readUnits: sum(({ readUnits }) => readUnits),
    startedAt: files.map(({ startedAt }) => startedAt).sort()[0],
    finishedAt: files
      .map(({ finishedAt }) => finishedAt)
      .toSorted()
      .at(-1),
  });
  const { digest, buckets } = opened(manifest.fingerprint);
  const names = manifest.table.keySchema.map(({ name }) => name);
  expect(digest).toBe(documented(items, names, buckets).digest);
  return manifest;
}

async function linesOfFile(
  place: TestPlace,
  job: string,
  file: DumpFile,
  compression: Manifest["compression"],
): Promise<string[]> {
  const stored = (await place.get(`${job}/${file.name}`))!;
  const { lines, rawBytes } = linesOf(stored, compression);
  const sha256 = createHash("sha256").update(stored).digest("hex");
  expect(file).toMatchObject({ items: lines.length, rawBytes, storedBytes: stored.length, sha256 });
  return lines;
}
