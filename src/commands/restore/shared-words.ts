import { type JobWords, refuseWithState } from "../options/job.ts";
import { type OnWords, refuseWithOn } from "../options/on.ts";
import { type SegmentWords, segmentSource } from "../options/segment.ts";
import { type PartWords, wrong } from "./restore-request.ts";

export interface SharedWords extends JobWords, OnWords, SegmentWords, PartWords {
  mode?: string | undefined;
  resume: boolean;
  undoFile?: string | undefined;
}

/** What one of many workers cannot do. @throws DdbrError `usage` */
export function refuseNotShared(words: SharedWords): void {
  const { state, on, segment, mode, resume, undoFile, key, keysFile, partition, where } = words;
  const part = `what is asked for by its keys or by its contents one process restores: leave ${on === undefined ? "--state" : "--on"} away`;
  const neither = {
    "--mode replace": {
      given: mode === "replace",
      hint: "who reads a part of the source does not know what the table alone has: restore with --mode merge, and let one process do what is left with --mode replace",
    },
    "--key": { given: key !== undefined, hint: part },
    "--keys": { given: keysFile !== undefined, hint: part },
    "--partition": { given: partition !== undefined, hint: part },
    "--where": { given: where !== undefined, hint: part },
  };
  refuseWithOn(words, {
    ...neither,
    "--resume": { given: resume, hint: "come back to a run with --join" },
    "--undo-file": {
      given: undoFile !== undefined,
      hint: "ddbr collect --undo-file, of the run's state, writes it",
    },
  });
  if (segment !== undefined && state === undefined) {
    throw wrong(
      `${segmentSource(words)} needs --state`,
      "segments are those of a restore by many workers, which share its state",
    );
  }
  refuseWithState(words, {
    ...neither,
    "--resume": { given: resume, hint: "with the same --state the same command goes on" },
    "--undo-file": {
      given: undoFile !== undefined,
      hint: "ddbr collect --undo-file writes that of all workers",
    },
  });
}
