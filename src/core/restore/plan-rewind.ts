import pLimit from "p-limit";
import type { TimeWindow } from "../history/events-around.ts";
import { versionsOfRecord } from "../history/record-history.ts";
import { RecordVersions } from "../history/record-versions.ts";
import { inParallel } from "../in-parallel.ts";
import { requireVersions } from "../incremental/folder-at.ts";
import { isOf } from "../incremental/record-folder.ts";
import { recordName } from "../incremental/record-object.ts";
import type { KeySchema, WireItem, WireKey } from "../item/attribute-value.ts";
import { equalItems } from "../item/equal.ts";
import { keyString } from "../item/key-string.ts";
import type { ObjectStore } from "../store/object-store.ts";
import type { Table } from "../table/table.ts";
import type { ChangeSink } from "./change.ts";
import { readPresent } from "./plan-restore.ts";
import { PlanTally } from "./plan-tally.ts";
import { READ_BATCH } from "./read-table.ts";
import type { LeftReason, RestorePlan } from "./restore-events.ts";
import type { RestoreRun } from "./restore-run.ts";
import { type Selection, selects } from "./selection.ts";
import { type Candidate, windowCandidates } from "./window-candidates.ts";
import { keyOfObject } from "./window-key.ts";
import { readWindow, type WindowRecord } from "./window-record.ts";

export interface RewindOptions extends TimeWindow {
  table: Table;
  /** Opened at the table's own incremental folder. */
  folder: ObjectStore;
  /** A record is selected by its image at the window's beginning, or by its present one. */
  selection: Selection;
  /** Also what was changed after the window, or is not as the folder has seen it last. */
  force: boolean;
  /** Requests to the folder at the same time. */
  reads: number;
}

/** A record that changed in the window. */
interface Changed extends WindowRecord {
  key: WireKey;
}

/**
 * Works out what takes a table's records that were changed in a window back to what they were at its beginning.
 * Reports `foreign`, `left` and `undone`.
 * @throws DdbrError `usage` when the folder keeps no versions, `no-such-object` when it held no record yet at the window's beginning
 */
export async function planRewind(
  options: RewindOptions,
  run: RestoreRun,
  sink: ChangeSink | undefined,
): Promise<RestorePlan> {
  const { signal, gate } = run;
  await requireVersions(options.folder, signal, "going back");
  const rewind = new Rewind(options, run, sink);
  await inParallel(rewind.candidates(), options.reads, async (candidate) => {
    await gate.passed(signal);
    signal.throwIfAborted();
    await rewind.take(candidate);
  });
  return await rewind.finish();
}

class Rewind {
  readonly #options: RewindOptions;
  readonly #run: RestoreRun;
  readonly #tally: PlanTally;
  readonly #limit;
  #waiting: Changed[] = [];
  /** Records of which versions were stored in the window that tell of no event. */
  #untold = 0;

  constructor(options: RewindOptions, run: RestoreRun, sink: ChangeSink | undefined) {
    this.#options = options;
    this.#run = run;
    this.#tally = new PlanTally(sink, run.report);
    this.#limit = pLimit(options.reads);
  }

  candidates(): AsyncGenerator<Candidate> {
    const { folder, from, to, table, selection } = this.#options;
    const { schema } = table.description;
    const where = { folder, schema, window: { from, to }, limit: this.#limit };
    return windowCandidates(where, selection.keys, this.#run);
  }

  async take(candidate: Candidate): Promise<void> {
    const changed = await this.#changed(candidate);
    if (changed === undefined) return;
    this.#waiting.push(changed);
    if (this.#waiting.length >= READ_BATCH) await this.#flush();
  }

  async finish(): Promise<RestorePlan> {
    if (this.#waiting.length > 0) await this.#flush();
    if (this.#untold > 0) {
      const message = `records left out because versions of the window do not say what change they come from (backfilled, repaired, or stored by other tools): ${this.#untold}`;
      this.#run.report({ type: "warning", message });
    }
    return this.#tally.plan;
  }

  async #changed(candidate: Candidate): Promise<Changed | undefined> {
    const { folder, table, from, to } = this.#options;
    const { signal, report } = this.#run;
    const { schema } = table.description;
    const all = candidate.versions ?? (await versionsOfRecord(folder, candidate.key, schema, signal));
    const versions = new RecordVersions(folder, all, this.#limit);
    const record = await readWindow(versions, { from, to }, signal);
    if (record === "untold") this.#untold++;
    if (record === "untold" || record === "unchanged") return undefined;
    report({ type: "read", end: "source", items: 1 });
    if (candidate.key !== undefined) return { key: candidate.key, ...record };
    const { key, foreign, problem } = await keyOfObject(versions, schema, signal);
    const { name } = all[0]!;
    if (foreign !== undefined) {
      report({ type: "foreign", object: name, reason: foreign });
    } else if (problem !== undefined) {
      report({ type: "undone", undone: { reason: problem } });
    } else if (name !== recordName(key, schema)) {
      const reason = "its object has a name of an older tool: give its key, and all of its objects are found";
      report({ type: "undone", undone: { key, reason } });
    } else {
      return { key, ...record };
    }
    return undefined;
  }

  async #flush(): Promise<void> {
    const { table } = this.#options;
    const { schema } = table.description;
    const batch = this.#waiting;
    this.#waiting = [];
    const keys = batch.map(({ key }) => ({ key: keyString(key, schema) }));
    const present = await readPresent(keys, table, schema, this.#run);
    this.#run.report({ type: "read", end: "table", items: batch.length });
    for (const [index, changed] of batch.entries()) this.#decide(changed, present.get(keys[index]!.key));
  }

  #decide(changed: Changed, present: WireItem | undefined): void {
    const { table, selection, force } = this.#options;
    const { schema } = table.description;
    const { key, then } = changed;
    const images = [then.item, present].filter((image) => image !== undefined);
    const told = images.length > 0 ? images : [key];
    if (!told.some((image) => selects(selection, schema, image))) return;
    const verdict = judge(changed, present, schema, force);
    if (verdict === "write") this.#tally.add({ key, before: present, after: then.item });
    else if (verdict === "equal") this.#tally.equal();
    else if (typeof verdict === "string") this.#tally.left(verdict, key);
    else this.#run.report({ type: "undone", undone: { key, reason: verdict.problem } });
  }
}

/** What to do about a record; where it cannot be decided, why. */
function judge(
  { key, then, newest, changedSince }: Changed,
  present: WireItem | undefined,
  schema: KeySchema,
  force: boolean,
): "write" | "equal" | LeftReason | { problem: string } {
  if (then.problem !== undefined) return { problem: then.problem };
  if (then.item !== undefined && !isOf(then.item, key, schema)) {
    return { problem: "its version of the window's beginning holds another record" };
  }
  if (equalItems(present, then.item)) return "equal";
  if (force) return "write";
  if (changedSince) return "changed-since";
  if (newest.problem !== undefined) return { problem: newest.problem };
  return equalItems(present, newest.item) ? "write" : "not-in-backup";
}
