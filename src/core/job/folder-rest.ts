import { diffFolderNames } from "../diff/compare-folder.ts";
import { type DiffTotals, NO_TOTALS } from "../diff/diff-totals.ts";
import { FolderNames, listNames } from "../diff/folder-names.ts";
import type { DiffRun } from "../diff/run-diff.ts";
import { DuplicateObjects } from "../incremental/duplicate-objects.ts";
import { PauseGate } from "../pause-gate.ts";
import { type JobRecord, joinJob } from "../state/job-record.ts";
import type { SegmentLease } from "../state/segment-lease.ts";
import type { StatePlace } from "../state/state-place.ts";
import type { SegmentControls } from "../state/worker.ts";
import { diffStretch } from "./diff-stretch.ts";
import {
  type FolderJobSettings,
  folderSetup,
  type OpenedFolder,
  openFolder,
  reopenFolderJob,
} from "./folder-job.ts";
import type { OpenJobOptions } from "./open-job.ts";
import { readSeenNames } from "./seen-names.ts";
import type { SegmentJob } from "./segment-job.ts";
import { workInStretches } from "./stretches.ts";
import { refuseOtherTable, type WhichTable } from "./which-table.ts";

/** After which name the next objects are looked into. */
type NamesPosition = { after: string } | "end";

const FIRST = { checkpoint: { after: "" }, totals: NO_TOTALS };

/**
 * Prepares what is left of a comparison with a folder when all its segments are done: the objects that no item has led to.
 * It is taken as a further segment, whose number is how many there are: whoever does it has a lease on it, goes on where another was
 * killed, and nobody does it twice.
 * @throws DdbrError `exists` when the table is not the one that the job is about; as openFolderJob and joinJob
 */
export async function openFolderRest(
  place: StatePlace,
  job: JobRecord,
  options: OpenJobOptions,
): Promise<SegmentJob> {
  const { wanted, limits } = await reopenFolderJob(job, options);
  await joinJob(place, wanted, options.signal);
  const { request } = job.settings as FolderJobSettings;
  return {
    wanted,
    // Whoever collects cannot give more than was given at the beginning, and needs little: it is not counted.
    limits: { ...limits, budget: undefined },

    async work(lease, controls) {
      const opened = await openFolder(request, controls.signal, controls.pacing);
      const rest = new FolderRest(place, job, opened);
      try {
        refuseOtherTable(opened.table, job.identity.table as WhichTable);
        return await rest.work(lease, controls, options.checkpointMs);
      } catch (error) {
        // Until the folder is listed there is nothing to be saved.
        if (rest.isListed || !controls.pause.aborted || controls.signal.aborted) throw error;
        return undefined;
      } finally {
        rest.close();
        opened.close();
      }
    },
  };
}

class FolderRest {
  readonly #place: StatePlace;
  readonly #job: JobRecord;
  readonly #opened: OpenedFolder;
  readonly #names = new FolderNames();
  isListed = false;

  constructor(place: StatePlace, job: JobRecord, opened: OpenedFolder) {
    this.#place = place;
    this.#job = job;
    this.#opened = opened;
  }

  work(lease: SegmentLease, controls: SegmentControls, checkpointMs: number) {
    const { segments, settings } = this.#job;
    const { request } = settings as FolderJobSettings;
    const options = { first: FIRST, checkpointMs };
    return workInStretches<NamesPosition, DiffTotals>(lease, controls, options, async (from, enough) => {
      const duplicates = new DuplicateObjects();
      const gate = new PauseGate();
      try {
        const reached = await diffStretch(
          { lease, controls, gate, report: () => {}, from, enough },
          async (stretch) => {
            let checkpoint = from.checkpoint;
            const after = checkpoint === "end" ? "" : checkpoint.after;
            const summary = await diffFolderNames(
              {
                ...folderSetup(request, this.#opened, segments),
                ...stretch,
                chosen: [],
                reads: request.reads,
                duplicates,
              },
              (run) => this.#list(run, controls.pause, after === ""),
              {
                after,
                enough: stretch.enough,
                reached(position) {
                  checkpoint = position;
                },
              },
            );
            return { summary, checkpoint, isDone: checkpoint === "end" };
          },
        );
        // It is none of the segments that the table was split into.
        return { ...reached, totals: { ...reached.totals, segmentsDone: 0 } };
      } finally {
        duplicates.close();
      }
    });
  }

  /** What the items have led to, and all that is there. @param isFirst nobody has told of the objects that no record is called as */
  async #list(run: DiffRun, pause: AbortSignal, isFirst: boolean): Promise<FolderNames> {
    if (!this.isListed) {
      const signal = AbortSignal.any([run.signal, pause]);
      const report = isFirst ? run.report : () => {};
      await readSeenNames(this.#place, this.#job.segments, this.#names, signal);
      await listNames({ signal, report }, this.#opened.folder, this.#names);
      this.isListed = true;
    }
    return this.#names;
  }

  close(): void {
    this.#names.close();
  }
}
