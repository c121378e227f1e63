import type { Source } from "../diff/source.ts";
import type { ObjectStore } from "../store/object-store.ts";
import type { TransferRun } from "../transfer/run-transfer.ts";
import { openFileWriter } from "./file-writer.ts";
import { itemLines } from "./item-lines.ts";
import type { BackupFile, BackupKind } from "./manifest.ts";

export interface SegmentDump {
  table: Source;
  store: ObjectStore;
  /** The job's folder, and the file's name in it. */
  folder: string;
  name: string;
  segment: number;
  kind: BackupKind;
}

/** Writes one segment of a table as a file; when it fails or is stopped, there is none. */
export async function dumpSegment(dump: SegmentDump, run: TransferRun): Promise<BackupFile> {
  const { table, store, folder, name, segment, kind } = dump;
  const startedAt = new Date().toISOString();
  const file = await openFileWriter(store, `${folder}/${name}`, kind.compression, run.signal);
  let items = 0;
  let stored = 0;
  let units = 0;
  try {
    for await (const page of table.scan(segment, kind.segments, run.signal, (answered) => {
      units += answered;
    })) {
      run.report({ type: "read", segment, items: page.length });
      const rawBytes = await file.write(itemLines(page, kind.contents));
      items += page.length;
      const storedBytes = file.storedBytes - stored;
      stored += storedBytes;
      run.report({ type: "written", segment, items: page.length, rawBytes, storedBytes });
      run.inFlight(segment, file.partsInFlight);
      await run.gate.passed(run.signal);
    }
    run.signal.throwIfAborted();
    const figures = await file.complete();
    run.inFlight(segment, 0);
    run.report({
      type: "written",
      segment,
      items: 0,
      rawBytes: 0,
      storedBytes: figures.storedBytes - stored,
    });
    const finishedAt = new Date().toISOString();
    return { segment, name, items, ...figures, readUnits: units, startedAt, finishedAt };
  } catch (error) {
    await file.abort();
    throw error;
  }
}
