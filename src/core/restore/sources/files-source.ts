import { readFile } from "../../backup/backup-files.ts";
import type { FoundFiles } from "../../backup/find-files.ts";
import type { BackupManifest } from "../../backup/manifest.ts";
import { DdbrError } from "../../errors.ts";
import type { SnapshotManifest } from "../../incremental/snapshot-manifest.ts";
import { merge } from "../../store/s3/merge.ts";
import type { RestoreSource, SourceRecord } from "../restore-source.ts";
import { fileParts } from "./file-parts.ts";
import { momentOf } from "./moment-of.ts";

/** Read at the same time. */
const FILES_AT_ONCE = 2;

/**
 * A dump, or a single file of items: a snapshot, or any other.
 * @param name as the user typed it
 * @param lacks why records may be missing from it
 * @throws DdbrError `damaged` where the manifest contradicts itself
 */
export function openFilesSource(found: FoundFiles, name: string, lacks?: string): RestoreSource {
  const { kind, store, files } = found;
  if (found.kind === "dump") checkCount(found.manifest, name);
  async function* pagesOf(file: number, signal: AbortSignal): AsyncGenerator<SourceRecord[]> {
    for await (const page of readFile(store, files[file]!, signal)) yield page.map((item) => ({ item }));
  }
  return {
    kind,
    name,
    ...(found.kind === "dump" ? dumpFacts(found.manifest) : fileFacts(found.manifest)),
    lacks,
    observe: (observer) => store.observe(observer),
    async *records(signal) {
      const all = files.map((_, file) => (stop: AbortSignal) => pagesOf(file, stop));
      yield* merge(all, FILES_AT_ONCE, signal);
    },
    parts: fileParts(files.length, pagesOf),
    close: () => store.close(),
  };
}

type Facts = Pick<RestoreSource, "asOf" | "items" | "bytes" | "schema" | "description">;

/** What is written while a table is dumped may or may not be in it: what it certainly holds is the state at the beginning. */
function dumpFacts({ startedAt, items, rawBytes, table, description }: Partial<BackupManifest>): Facts {
  return {
    asOf: momentOf(startedAt),
    items: items ?? 0,
    bytes: rawBytes ?? 0,
    schema: table?.keySchema,
    description,
  };
}

function fileFacts({ at, startedAt, items, rawBytes }: Partial<SnapshotManifest> = {}): Facts {
  return {
    asOf: momentOf(at ?? startedAt),
    items: items ?? 0,
    bytes: rawBytes ?? 0,
    schema: undefined,
    description: undefined,
  };
}

function checkCount({ items, files }: BackupManifest, name: string): void {
  const sum = files.reduce((total, file) => total + file.items, 0);
  if (items === undefined || items === sum) return;
  throw new DdbrError("damaged", `its manifest says ${items} items in all, and ${sum} for its files`, {
    subject: name,
    hint: "it was changed after it was written: take another copy",
  });
}
