import { DdbrError } from "../errors.ts";
import {
  observerOf,
  runTransfer,
  type TransferControls,
  type TransferRun,
} from "../transfer/run-transfer.ts";
import type { TransferSummary } from "../transfer/transfer-events.ts";
import type { BucketCount } from "./bucket-table.ts";
import { compareFingerprints, type Fingerprint, haveSameKey } from "./fingerprint.ts";
import { type FingerprintFile, fingerprintFile } from "./fingerprint-file.ts";
import { digestOfTable } from "./fingerprint-json.ts";
import { Fingerprinter } from "./fingerprinter.ts";
import type { ItemSource } from "./item-source.ts";
import { LearningFingerprinter } from "./learning-fingerprinter.ts";

export interface FingerprintOptions extends TransferControls {
  source: ItemSource;
  buckets: BucketCount;
  /** Where the fingerprint is written to, as the user typed it; undefined: it is only told. */
  out: string | undefined;
  save(file: FingerprintFile): void;
}

/** Reads a source and makes its fingerprint; where its manifest holds one, says whether they agree. */
export async function takeFingerprint(options: FingerprintOptions): Promise<TransferSummary> {
  const { source, buckets, out, save } = options;
  const { name, estimate, segments } = source;
  const plan = {
    job: "fingerprint" as const,
    source: name,
    destination: out ?? "a fingerprint",
    segments,
    chosen: Array.from({ length: segments }, (_, segment) => segment),
    estimate,
    wrote: out ?? "",
  };
  return await runTransfer(plan, options, async (run) => {
    source.observe(observerOf("source", run.report));
    if (source.warning !== undefined) run.report({ type: "warning", message: source.warning });
    const startedAt = new Date().toISOString();
    const made = makerFor(source, buckets);
    await source.read(countingAsDone(run), (items, learnt) => made.addAll(items, learnt));
    if (run.signal.aborted) return undefined;
    const fingerprint = made.result ?? keyUnknown(name);
    save(fingerprintFile(fingerprint, { source, startedAt, finishedAt: new Date().toISOString() }));
    run.fingerprinted(summaryOf(fingerprint, source.recorded));
  });
}

/** An item that was read is in the fingerprint: there is nothing left to be done with it. */
function countingAsDone(run: TransferRun): TransferRun {
  return {
    ...run,
    report(event) {
      run.report(event);
      if (event.type !== "read") return;
      const { segment, items } = event;
      run.report({ type: "written", segment, items, rawBytes: 0, storedBytes: 0 });
    },
  };
}

interface Maker {
  addAll: LearningFingerprinter["addAll"];
  readonly result: Fingerprint | undefined;
}

function makerFor({ kind, key, name }: ItemSource, buckets: BucketCount): Maker {
  if (key === undefined) return kind === "folder" ? new LearningFingerprinter(buckets) : keyUnknown(name);
  const made = new Fingerprinter(key, buckets);
  return { addAll: (items) => made.addAll(items), result: made };
}

function keyUnknown(name: string): never {
  throw new DdbrError("key", "does not say what the table's key is, or its items have not got the same", {
    subject: name,
    hint: "say it: --like <table>, or --key-schema id:S (name:type, with a sort key id:S,at:N)",
  });
}

function summaryOf(
  made: Fingerprint,
  recorded: Fingerprint | undefined,
): NonNullable<TransferSummary["fingerprint"]> {
  const { items, buckets } = made.table;
  const told = { items, buckets, digest: digestOfTable(made.table) };
  if (recorded === undefined) return told;
  if (!haveSameKey(made.key, recorded.key)) return { ...told, differing: buckets };
  return { ...told, differing: compareFingerprints(made, recorded).differing.length };
}
