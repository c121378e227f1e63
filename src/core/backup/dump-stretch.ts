import type { FingerprintJson } from "../fingerprint/fingerprint-json.ts";
import type { WireKey } from "../item/attribute-value.ts";
import { dumpFile, type FileDump, type FileRun } from "./dump-file.ts";
import { stretchFileName } from "./file-name.ts";
import type { BackupFile } from "./manifest.ts";

export interface StretchDump extends Omit<FileDump, "name"> {
  /** See StretchName. */
  epoch: number;
  number: number;
}

export interface DumpedStretch {
  file: BackupFile;
  fingerprint: FingerprintJson;
  /** After which key the next begins; undefined at the segment's end. */
  last: WireKey | undefined;
}

/** Writes a part of a segment as a file of its own, which is part of the job when its worker says so. */
export function dumpStretch({ epoch, number, ...dump }: StretchDump, run: FileRun): Promise<DumpedStretch> {
  const name = stretchFileName({ segment: dump.segment, epoch, number }, dump.kind);
  return dumpFile({ ...dump, name }, run, async ({ complete, fingerprint, last }) => ({
    file: await complete(),
    fingerprint: fingerprint(),
    last,
  }));
}
