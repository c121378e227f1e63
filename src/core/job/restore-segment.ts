import { inParallel } from "../in-parallel.ts";
import { hasKey } from "../incremental/record-folder.ts";
import type { KeySchema } from "../item/attribute-value.ts";
import type { PauseGate } from "../pause-gate.ts";
import type { Change } from "../restore/change.ts";
import { NO_PLAN } from "../restore/plan-tally.ts";
import { PortionWriter } from "../restore/portion-writer.ts";
import { refuseMisspelt, strangerIn } from "../restore/refuse-source.ts";
import type { RestoreMode, RestorePlan, RestoreReport } from "../restore/restore-events.ts";
import { observerOf, type RestoreRun } from "../restore/restore-run.ts";
import type { PartPosition, RestoreSource } from "../restore/restore-source.ts";
import { NO_RESTORE, type RestoreTotals } from "../restore/restore-totals.ts";
import { verifySome } from "../restore/verify-restore.ts";
import type { SegmentLease, SegmentResult } from "../state/segment-lease.ts";
import type { SegmentControls } from "../state/worker.ts";
import { sumFigures } from "../sum-figures.ts";
import type { Table } from "../table/table.ts";
import { BegunChunks } from "./begun-chunks.ts";
import { PageQueue, planChunk } from "./plan-chunk.ts";
import { RepeatedRecords } from "./repeated-records.ts";
import { StretchFigures } from "./stretch-figures.ts";
import { type Reached, workInStretches } from "./stretches.ts";
import { type Chunk, type ChunkName, putChunk, readChunk } from "./undo-chunk.ts";

/** What a segment's record holds as its checkpoint. */
export interface RestoreCheckpoint {
  position: PartPosition | null;
  /** The last chunk up to there that has changes; null: none has. */
  chunk: ChunkName | null;
}

/** And as its totals. */
export interface RestoreSegmentTotals {
  figures: RestoreTotals;
  plan: RestorePlan;
}

export interface SegmentRestoreOptions {
  source: RestoreSource;
  /** Undefined: it is not to be made, since nothing is written. */
  table: Table | undefined;
  /** As typed. */
  tableName: string;
  schema: KeySchema;
  mode: RestoreMode;
  dryRun: boolean;
  /** The table was made for this job. */
  created: boolean;
  segments: number;
  checkpointMs: number;
  patienceMs: number;
  gate: PauseGate;
  report: RestoreReport;
}

const START = {
  checkpoint: { position: null, chunk: null } satisfies RestoreCheckpoint as RestoreCheckpoint,
  totals: { figures: NO_RESTORE, plan: NO_PLAN },
};

/**
 * Restores a part of a source, chunk by chunk: the next records are looked up, what is to be done is made durable, then done, then read
 * again. It goes on with what earlier workers have begun as they had planned it: so a record that somebody has written since is left
 * alone, and nothing is written twice. Undefined when it was paused.
 */
export async function restoreSegment(
  lease: SegmentLease,
  controls: SegmentControls,
  options: SegmentRestoreOptions,
): Promise<SegmentResult | undefined> {
  const restore = new SegmentRestore(lease, controls, options);
  const start = { first: START, checkpointMs: options.checkpointMs };
  try {
    return await workInStretches(lease, controls, start, (from, enough) => restore.stretch(from, enough));
  } finally {
    await restore.close();
  }
}

type Work = Reached<RestoreCheckpoint, RestoreSegmentTotals>;

interface PlannedChunk {
  chunk: Chunk;
  changes: readonly Change[];
  /** Where an earlier worker has written it down, which may have carried it out in part. */
  begun?: ChunkName;
}

class SegmentRestore {
  readonly #lease: SegmentLease;
  readonly #controls: SegmentControls;
  readonly #options: SegmentRestoreOptions;
  readonly #figures: StretchFigures;
  readonly #run: RestoreRun;
  #begun: BegunChunks | undefined;
  #pages: PageQueue | undefined;
  #chunks = 0;

  constructor(lease: SegmentLease, controls: SegmentControls, options: SegmentRestoreOptions) {
    const { report, gate, patienceMs, source, table } = options;
    this.#lease = lease;
    this.#controls = controls;
    this.#options = options;
    this.#figures = new StretchFigures(report);
    const { tell } = this.#figures;
    // When it is to pause, writes under way end; whoever goes on comes to the rest of the chunk.
    const signal = AbortSignal.any([controls.signal, controls.pause]);
    this.#run = { signal, gate, report: tell, patienceMs };
    source.observe(observerOf("source", tell));
    table?.observe(observerOf("table", tell));
  }

  async stretch(from: Work, enough: () => boolean): Promise<Work & { isDone: boolean }> {
    let { checkpoint } = from;
    let { plan } = from.totals;
    let isDone = false;
    try {
      do {
        const next = await this.#next(checkpoint, enough);
        isDone = next === undefined;
        if (next === undefined) break;
        const name = await this.#carryOut(next);
        checkpoint = { position: next.chunk.upTo, chunk: name ?? checkpoint.chunk };
        plan = sumFigures(plan, next.chunk.plan);
        this.#figures.chunkDone();
      } while (!enough());
    } catch (error) {
      if (!this.#controls.pause.aborted || this.#controls.signal.aborted) throw error;
    }
    const { totals, lines } = this.#figures.take();
    const parts = lines === "" ? [] : [await this.#lease.putPart("ndjson", Buffer.from(lines))];
    const figures = { ...sumFigures(from.totals.figures, totals), segmentsDone: isDone ? 1 : 0 };
    return { isDone, checkpoint, totals: { figures, plan }, parts: [...from.parts, ...parts] };
  }

  async close(): Promise<void> {
    await this.#pages?.close();
  }

  /** The next chunk, as it was begun or else planned anew; undefined at the part's end. */
  async #next(
    { position, chunk }: RestoreCheckpoint,
    enough: () => boolean,
  ): Promise<PlannedChunk | undefined> {
    const { schema, mode, table } = this.#options;
    const begun = await this.#openBegun(chunk);
    // Once the source is read, what is planned does not meet what was begun any more.
    const name = this.#pages === undefined ? begun.at(position) : undefined;
    if (name !== undefined) return await this.#readBegun(name);
    this.#pages ??= this.#openPages(position);
    const planning = { schema, mode, table: this.#isNew ? undefined : table, run: this.#run };
    return await planChunk(position, this.#pages, planning, enough);
  }

  async #openBegun(saved: ChunkName | null): Promise<BegunChunks> {
    const { place, segment } = this.#lease;
    this.#begun ??= await BegunChunks.read(place, segment, saved, this.#run.signal);
    return this.#begun;
  }

  /** Nobody but this program can have written to the table: a later lease cannot know who has since it was made. */
  get #isNew(): boolean {
    return this.#options.created && this.#lease.record.epoch === 1 && this.#begun?.isEmpty === true;
  }

  async #readBegun(begun: ChunkName): Promise<PlannedChunk> {
    const { place, segment } = this.#lease;
    const { chunk, changes } = await readChunk(place, segment, begun, this.#run.signal);
    this.#run.report({ type: "read", end: "source", items: chunk.records });
    return { chunk, changes, begun };
  }

  #openPages(position: PartPosition | null): PageQueue {
    const { source, schema, segments } = this.#options;
    const { report, signal } = this.#run;
    const repeats = new RepeatedRecords(source, schema);
    const pages = source.parts!.read({
      part: this.#lease.segment,
      parts: segments,
      from: position ?? undefined,
      schema,
      signal,
      foreign: (object, reason) => report({ type: "foreign", object, reason }),
      check({ item, deleted }) {
        const image = item ?? deleted;
        if (!hasKey(image, schema)) throw strangerIn(source, schema);
        refuseMisspelt(source, schema, image);
        if (item !== undefined) repeats.check(item);
      },
    });
    return new PageQueue(pages);
  }

  /** Resolves with the chunk's name when all its changes are settled and verified. */
  async #carryOut({ chunk, changes, begun }: PlannedChunk): Promise<ChunkName | undefined> {
    const { table, dryRun } = this.#options;
    if (dryRun || changes.length === 0 || table === undefined) return begun;
    const name = begun ?? (await this.#writeDown(chunk, changes));
    const isNew = this.#isNew && begun === undefined;
    const writer = new PortionWriter(table, this.#run, isNew);
    const written: Change[] = [];
    await inParallel(writer.portions(changes, begun !== undefined), writer.atOnce, async ({ some }) => {
      await this.#run.gate.passed(this.#run.signal);
      this.#lease.requireHeld();
      const fates = await writer.write(some);
      for (const [index, change] of some.entries()) if (fates[index] === "done") written.push(change);
    });
    // What others wrote meanwhile has been told.
    await verifySome(written, table, this.#options.schema, this.#run);
    return name;
  }

  async #writeDown(chunk: Chunk, changes: readonly Change[]): Promise<ChunkName> {
    const { place, segment, record, signal } = this.#lease;
    const planned = { chunk, changes, table: this.#options.tableName };
    for (;;) {
      const name = { epoch: record.epoch, number: ++this.#chunks };
      this.#lease.requireHeld();
      if (await putChunk(place, segment, name, planned, signal)) return name;
    }
  }
}
