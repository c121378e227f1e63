import type { Source } from "../diff/source.ts";
import { type FingerprintJson, toJson } from "../fingerprint/fingerprint-json.ts";
import { Fingerprinter } from "../fingerprint/fingerprinter.ts";
import type { WireKey } from "../item/attribute-value.ts";
import type { ObjectStore } from "../store/object-store.ts";
import type { TransferRun } from "../transfer/run-transfer.ts";
import { openFileWriter } from "./file-writer.ts";
import { itemLines } from "./item-lines.ts";
import { bucketsOfFile } from "./job-fingerprint.ts";
import type { BackupFile, BackupKind } from "./manifest.ts";

export interface FileDump {
  table: Source;
  store: ObjectStore;
  job: string;
  segment: number;
  kind: BackupKind;
  /** The file's, from the job's folder. */
  name: string;
  /** Begins after the item of this key. */
  after?: WireKey | undefined;
  /** Asked after each page: whether to end there. */
  enough?(): boolean;
}

/** What has been read and handed to a file that is not whole yet. */
export interface DumpedItems {
  /** Makes the file appear. */
  complete(): Promise<BackupFile>;
  fingerprint(): FingerprintJson;
  /** After which key the segment goes on; undefined at its end. */
  last: WireKey | undefined;
}

/** What writing a file needs of a run. */
export type FileRun = Pick<TransferRun, "gate" | "signal" | "report" | "inFlight">;

/**
 * Writes a segment of a table, or a part of it, as a file. It appears when `conclude` completes it; when that, or anything before,
 * fails, its figures are taken back.
 */
export async function dumpFile<Result>(
  { table, store, job, segment, kind, name, after, enough = () => false }: FileDump,
  run: FileRun,
  conclude: (dumped: DumpedItems) => Promise<Result>,
): Promise<Result> {
  const startedAt = new Date().toISOString();
  const fingerprinter = new Fingerprinter(kind.table.keySchema, bucketsOfFile(kind.segments));
  const file = await openFileWriter(store, `${job}/${name}`, kind.compression, run.signal);
  const told = { items: 0, rawBytes: 0, storedBytes: 0 };
  let readUnits = 0;
  let last: WireKey | undefined;
  try {
    const page = (told: { readUnits: number; last: WireKey | undefined }) => {
      readUnits += told.readUnits;
      last = told.last;
    };
    for await (const items of table.scan(segment, kind.segments, run.signal, { after, page })) {
      run.report({ type: "read", segment, items: items.length });
      fingerprinter.addAll(items);
      tellWritten(items.length, await file.write(itemLines(items, kind.contents)));
      run.inFlight(segment, file.partsInFlight);
      await run.gate.passed(run.signal);
      if (enough()) break;
    }
    run.signal.throwIfAborted();
    return await conclude({ complete, fingerprint: () => toJson(fingerprinter), last });
  } catch (error) {
    await file.abort();
    const { items, rawBytes, storedBytes } = told;
    run.report({
      type: "written",
      segment,
      items: -items,
      rawBytes: -rawBytes,
      storedBytes: -storedBytes,
    });
    throw error;
  } finally {
    run.inFlight(segment, 0);
  }

  async function complete(): Promise<BackupFile> {
    const figures = await file.complete();
    tellWritten(0, 0);
    const finishedAt = new Date().toISOString();
    return { segment, name, items: told.items, ...figures, readUnits, startedAt, finishedAt };
  }

  function tellWritten(items: number, rawBytes: number): void {
    const storedBytes = file.storedBytes - told.storedBytes;
    told.items += items;
    told.rawBytes += rawBytes;
    told.storedBytes += storedBytes;
    run.report({ type: "written", segment, items, rawBytes, storedBytes });
  }
}
