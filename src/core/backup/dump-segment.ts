import { DdbrError } from "../errors.ts";
import type { TransferRun } from "../transfer/run-transfer.ts";
import { dumpFile, type FileDump } from "./dump-file.ts";
import { fileName } from "./file-name.ts";
import { putReceipt, withdrawReceipt } from "./receipt.ts";

export type SegmentDump = Pick<FileDump, "table" | "store" | "job" | "segment" | "kind">;

/**
 * Writes one segment of a table as a file, and its receipt. When it fails or is stopped, what was there before stays, or there is
 * a file without a receipt, which is no part of the job.
 */
export async function dumpSegment(dump: SegmentDump, run: TransferRun): Promise<void> {
  const { store, job, segment, kind } = dump;
  const name = fileName(segment, kind);
  await dumpFile({ ...dump, name }, run, async ({ complete, fingerprint }) => {
    await withdrawReceipt(store, job, segment, run.signal);
    const file = await complete();
    // Which of two runs' files is there cannot be told: neither counts.
    if (await withdrawReceipt(store, job, segment, run.signal)) throw writtenByOthers(dump);
    await putReceipt(store, job, kind, { file, fingerprint: fingerprint() }, run.signal);
  });
}

function writtenByOthers({ store, job, segment }: SegmentDump): DdbrError {
  return new DdbrError("exists", `another run has written segment ${segment} of this job at the same time`, {
    subject: `${store.location.text}/${job}`,
    hint: "when it has ended, --resume does what is left",
  });
}
