import type { Source } from "../diff/source.ts";
import { DdbrError } from "../errors.ts";
import { toJson } from "../fingerprint/fingerprint-json.ts";
import { Fingerprinter } from "../fingerprint/fingerprinter.ts";
import type { ObjectStore } from "../store/object-store.ts";
import type { TransferRun } from "../transfer/run-transfer.ts";
import { fileName } from "./file-name.ts";
import { openFileWriter } from "./file-writer.ts";
import { itemLines } from "./item-lines.ts";
import { bucketsInReceipt } from "./job-fingerprint.ts";
import type { BackupKind } from "./manifest.ts";
import { putReceipt, withdrawReceipt } from "./receipt.ts";

export interface SegmentDump {
  table: Source;
  store: ObjectStore;
  job: string;
  segment: number;
  kind: BackupKind;
}

/**
 * Writes one segment of a table as a file, and its receipt. When it fails or is stopped, what was there before stays, or there is
 * a file without a receipt, which is no part of the job.
 */
export async function dumpSegment(dump: SegmentDump, run: TransferRun): Promise<void> {
  const { table, store, job, segment, kind } = dump;
  const name = fileName(segment, kind);
  const startedAt = new Date().toISOString();
  const fingerprint = new Fingerprinter(kind.table.keySchema, bucketsInReceipt(kind.segments));
  const file = await openFileWriter(store, `${job}/${name}`, kind.compression, run.signal);
  const told = { items: 0, rawBytes: 0, storedBytes: 0 };
  let readUnits = 0;
  try {
    for await (const page of table.scan(segment, kind.segments, run.signal, (units) => {
      readUnits += units;
    })) {
      run.report({ type: "read", segment, items: page.length });
      fingerprint.addAll(page);
      tellWritten(page.length, await file.write(itemLines(page, kind.contents)));
      run.inFlight(segment, file.partsInFlight);
      await run.gate.passed(run.signal);
    }
    run.signal.throwIfAborted();
    await withdrawReceipt(store, job, segment, run.signal);
    const figures = await file.complete();
    run.inFlight(segment, 0);
    tellWritten(0, 0);
    // Which of two runs' files is there cannot be told: neither counts.
    if (await withdrawReceipt(store, job, segment, run.signal)) throw writtenByOthers(dump);
    const finishedAt = new Date().toISOString();
    const { items } = told;
    const written = { segment, name, items, ...figures, readUnits, startedAt, finishedAt };
    await putReceipt(store, job, kind, { file: written, fingerprint: toJson(fingerprint) }, run.signal);
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
  }

  function tellWritten(items: number, rawBytes: number): void {
    const storedBytes = file.storedBytes - told.storedBytes;
    told.items += items;
    told.rawBytes += rawBytes;
    told.storedBytes += storedBytes;
    run.report({ type: "written", segment, items, rawBytes, storedBytes });
  }
}

function writtenByOthers({ store, job, segment }: SegmentDump): DdbrError {
  return new DdbrError("exists", `another run has written segment ${segment} of this job at the same time`, {
    subject: `${store.location.text}/${job}`,
    hint: "when it has ended, --resume does what is left",
  });
}
