import { confirmAll } from "../diff/confirm-run.ts";
import type { DiffEvent, DiffSummary } from "../diff/diff-events.ts";
import { imageToWrite, type UndoLog } from "../diff/repair.ts";
import { runDiff } from "../diff/run-diff.ts";
import type { RecordSide, RepairTarget } from "../diff/source.ts";
import { DdbrError } from "../errors.ts";
import { inParallel } from "../in-parallel.ts";
import type { WireItem, WireKey } from "../item/attribute-value.ts";
import type { Ignored } from "../item/canonical.ts";
import { equalItems } from "../item/equal.ts";
import { keyString } from "../item/key-string.ts";
import type { ComparedRecord } from "./compare-records.ts";
import { isEquivalent } from "./compare-records.ts";

/**
 * What became of a record, or on a dry run would become of it.
 * - `put`, `delete`: the replica's record was written (and, but on a dry run, verified)
 * - `by-others`: it differed, and somebody else has made it equal meanwhile
 * - `none`: it was equal already · `absent`: on both sides
 * - `undone`: `reason` says why
 */
export interface ReplicatedRecord {
  key: WireKey;
  action: "put" | "delete" | "by-others" | "none" | "absent" | "undone";
  /** The replica's item that was replaced, and the one that was put; of `put` and `delete` only. */
  before?: WireItem;
  after?: WireItem;
  reason?: string;
}

export interface ReplicateRecords {
  primary: RecordSide;
  replica: RecordSide & RepairTarget;
  /** None twice in one batch. The images of some batches may be held all at once. */
  batches: Iterable<WireKey[]>;
  ignored?: Ignored | undefined;
  patienceMs: number;
  maxWriteUnits?: number | undefined;
  undo?: UndoLog | undefined;
  signal: AbortSignal;
  report(record: ReplicatedRecord): void;
}

export interface ReplicateEnd {
  outcome: "done" | "incomplete" | "interrupted";
  /** Why it could not go on; one line. */
  failure?: string;
  /** Records of which is not known whether they are equal, because the run was stopped. */
  unknown: number;
}

/** A batch is mostly waited for. */
const BATCHES_AT_ONCE = 4;

/** Repairs the named records and tells of each, as it is done. What a failure has kept from being done is told as `undone`. */
export async function replicateRecords(options: ReplicateRecords): Promise<ReplicateEnd> {
  const { signal, report, maxWriteUnits } = options;
  let [interrupted, incomplete, unknown] = [false, false, 0];
  let failure: string | undefined;
  // Under a limit several would be read long before they could be written, and have to be read again.
  const atOnce = maxWriteUnits === undefined ? BATCHES_AT_ONCE : 1;
  await inParallel(options.batches, atOnce, async (batch) => {
    if (failure !== undefined) {
      for (const key of batch) report({ key, action: "undone", reason: "not begun" });
    } else if (signal.aborted) {
      interrupted = true;
      unknown += batch.length;
    } else {
      const ended = await new Batch(batch, options).run();
      unknown += ended.unknown;
      failure ??= ended.summary.failure;
      interrupted ||= ended.summary.outcome === "interrupted";
      incomplete ||= ended.summary.outcome === "incomplete";
    }
  });
  if (failure !== undefined) return { outcome: "incomplete", failure, unknown };
  return { outcome: interrupted ? "interrupted" : incomplete ? "incomplete" : "done", unknown };
}

/** What a dry run says of a record. */
export function plannedFor(
  { key, state, primary, replica }: ComparedRecord,
  ignored: Ignored | undefined,
): ReplicatedRecord {
  if (isEquivalent(state)) return { key, action: state === "absent" ? "absent" : "none" };
  const before = replica && { before: replica };
  if (primary === undefined) return { key, action: "delete", ...before };
  return { key, action: "put", ...before, after: imageToWrite(primary, replica, ignored) };
}

/** A record that has to be written this often changes faster than it can be replicated. */
const MOST_WRITES = 20;

/** One run of the repair that `diff-tables` does, and what is to be learned from it about each record. */
class Batch {
  readonly #options: ReplicateRecords;
  readonly #keys: WireKey[];
  /** Not told yet. */
  readonly #open: Map<string, WireKey>;
  /** What was written last, or is about to be. */
  readonly #written = new Map<
    string,
    { times: number; images: Pick<ReplicatedRecord, "before" | "after"> }
  >();
  readonly #inPrimary = new Set<string>();

  constructor(keys: WireKey[], options: ReplicateRecords) {
    this.#options = options;
    this.#keys = keys;
    this.#open = new Map(keys.map((key) => [this.#id(key), key]));
  }

  async run(): Promise<{ summary: DiffSummary; unknown: number }> {
    const { primary, replica, ignored, patienceMs, maxWriteUnits, signal } = this.#options;
    const setup = {
      primary: { ...primary, observe() {}, read: this.#readPrimary },
      replica: { ...replica, observe() {} },
      mode: "repair" as const,
      dryRun: false,
      segments: 1,
      chosen: [],
      concurrency: 1,
      ignored,
      consistent: true,
      settleMs: 0,
      maxWriteUnits,
      patienceMs,
      undo: { record: this.#note, close() {} },
      keys: this.#keys,
      signal,
      report: this.#hear,
    };
    const summary = await runDiff(setup, (run) => confirmAll(run, replica, async () => {}));
    if (summary.outcome === "interrupted") return { summary, unknown: this.#open.size };
    for (const [id, key] of [...this.#open]) {
      // A run that went to its end has nothing to say of records that are equal.
      if (summary.failure === undefined)
        this.#tell({ key, action: this.#inPrimary.has(id) ? "none" : "absent" });
      else this.#tell({ key, action: "undone", reason: "not confirmed" });
    }
    return { summary, unknown: 0 };
  }

  #readPrimary: RecordSide["read"] = async (keys, consistent, signal) => {
    const items = await this.#options.primary.read(keys, consistent, signal);
    for (const key of keys) this.#inPrimary.delete(this.#id(key));
    for (const item of items) this.#inPrimary.add(this.#id(item));
    return items;
  };

  #note: UndoLog["record"] = (entry) => {
    const id = this.#id(entry.key);
    const times = (this.#written.get(id)?.times ?? 0) + 1;
    if (times > MOST_WRITES) throw new DdbrError("service-refused", "the record keeps changing");
    this.#options.undo?.record(entry);
    const { after } = entry;
    // What is replaced may be our own, when the primary has changed since: then what was there before that counts.
    const last = this.#written.get(id)?.images;
    const before = last !== undefined && equalItems(last.after, entry.before) ? last.before : entry.before;
    this.#written.set(id, { times, images: { ...(before && { before }), ...(after && { after }) } });
  };

  #hear = (event: DiffEvent): void => {
    if (event.type === "repaired") {
      const { key, action } = event;
      const images = action === "by-others" ? {} : this.#written.get(this.#id(key))?.images;
      this.#tell({ key, action, ...images });
    } else if (event.type === "undone" && event.undone.key !== undefined) {
      const { key, reason } = event.undone;
      this.#tell({ key, action: "undone", reason });
    }
  };

  #tell(record: ReplicatedRecord): void {
    const id = this.#id(record.key);
    this.#open.delete(id);
    this.#written.delete(id);
    this.#options.report(record);
  }

  #id(key: WireItem): string {
    return keyString(key, this.#options.primary.description.schema);
  }
}
