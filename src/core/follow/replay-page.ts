import { setTimeout as sleep } from "node:timers/promises";
import { DdbrError, describeError } from "../errors.ts";
import { humanJson } from "../item/human.ts";
import { type ReplayedBatch, type ReplayOptions, replayBatch } from "../stream/replay-batch.ts";
import { compareSequences } from "../stream/sequence.ts";
import type { StreamRecord, UnreadableRecord } from "../stream/stream-record.ts";
import { isPassing } from "../table/failure.ts";
import type { FollowReport, SkippedRecord } from "./follow-events.ts";
import type { SkippedFile } from "./skipped-file.ts";

export type PageRecord = StreamRecord | UnreadableRecord;

export interface PageReplay extends ReplayOptions {
  /** The shard that the records are of. */
  shard: string;
  /** What is written to, as it is called in messages. */
  subject: string;
  /** How long what is refused is tried again, milliseconds. */
  patienceMs: number;
  /** Where what is refused for good is noted, so that the others can go on; without it, that is an error. */
  skipped?: SkippedFile | undefined;
  report: FollowReport;
  /** Nothing new is begun. */
  stop: AbortSignal;
  /** Some time later: what is under way is no longer waited for. */
  abandon: AbortSignal;
}

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;
/** Changes of a page that are told one by one. */
const MOST_SHOWN = 10;
/** Of a key that stands in a line. */
const LONGEST_KEY = 300;

/**
 * Replays some records of a shard until all are done. Returns the sequence number of the first that is not, when it was stopped
 * before; all before that one are done.
 * @throws DdbrError when a record cannot be done, or nothing can be done at all
 */
export async function replayPage(
  records: readonly PageRecord[],
  replay: PageReplay,
): Promise<string | undefined> {
  const { shard, report, stop, abandon, patienceMs } = replay;
  let left = records;
  let failingSince: number | undefined;
  let pause = FIRST_PAUSE_MS;
  for (;;) {
    const startedAt = performance.now();
    const batch = await replayBatch(left, replay, abandon);
    const again = new Set(batch.again);
    tell(batch, left, again, replay);
    if (again.size === 0) return undefined;
    left = left.filter(({ sequence }) => again.has(sequence));
    if (stop.aborted) return batch.again[0];
    failingSince ??= startedAt;
    if (performance.now() - failingSince >= patienceMs) {
      const given = giveUp(batch, replay);
      left = left.filter(({ sequence }) => !given.has(sequence));
      if (left.length === 0) return undefined;
      failingSince = undefined;
      pause = FIRST_PAUSE_MS;
      continue;
    }
    report({ type: "refused", shard, records: again.size, reason: problemOf(batch) });
    await sleep(pause * (0.5 + Math.random() / 2), undefined, { signal: stop }).catch(() => {});
    if (stop.aborted) return batch.again[0];
    pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
  }
}

function tell(
  { written, superseded, repeated, passedOver }: ReplayedBatch,
  records: readonly PageRecord[],
  again: ReadonlySet<string>,
  { shard, report }: PageReplay,
): void {
  const done = records.filter((record) => "key" in record && !again.has(record.sequence)) as StreamRecord[];
  report({
    ...{ type: "replayed", shard, written, superseded, repeated, passedOver },
    at: done.at(-1)?.at,
    latest: written === 0 ? [] : done.slice(-MOST_SHOWN).map(({ event, key, at }) => ({ event, key, at })),
  });
}

function problemOf({ failed, unreadable }: ReplayedBatch): string {
  const [record] = unreadable;
  if (record !== undefined) return record.problem;
  return failed[0] === undefined ? "stopped" : describeError(failed[0].error);
}

/** Notes what is refused, of each key the first, and returns its sequence numbers: those behind it may do. */
function giveUp({ failed, unreadable }: ReplayedBatch, { shard, subject, skipped, report }: PageReplay) {
  const firstOfKey = new Map<string, (typeof failed)[number]>();
  for (const one of failed.toSorted((a, b) => compareSequences(a.record.sequence, b.record.sequence))) {
    // What fails in passing fails for all alike: to leave records out would only lose them.
    if (skipped === undefined || isPassing(one.error)) throw cannotBeDone(one.record, one.error, subject);
    if (!firstOfKey.has(one.record.id)) firstOfKey.set(one.record.id, one);
  }
  const given: SkippedRecord[] = [
    ...unreadable.map(({ sequence, problem }) => ({ shard, sequence, reason: problem })),
    ...[...firstOfKey.values()].map(({ record: { sequence, key }, error }) => {
      return { shard, sequence, key, reason: describeError(error) };
    }),
  ];
  if (skipped === undefined) throw makesNoSense(unreadable[0]!, shard, subject);
  for (const record of given) {
    skipped.add(record);
    report({ type: "skipped", ...record });
  }
  return new Set(given.map(({ sequence }) => sequence));
}

const TO_GO_ON = "to go on without such records, noting them in a file: --skip-failed=file";

function cannotBeDone({ key, sequence }: StreamRecord, error: DdbrError, subject: string): DdbrError {
  const text = humanJson(key);
  const shown = text.length > LONGEST_KEY ? `${text.slice(0, LONGEST_KEY)}…` : text;
  return new DdbrError(error.code, `${shown} (record ${sequence}) cannot be written: ${error.message}`, {
    subject,
    hint: isPassing(error) ? error.hint : TO_GO_ON,
    cause: error,
  });
}

function makesNoSense({ sequence, problem }: UnreadableRecord, shard: string, subject: string): DdbrError {
  return new DdbrError("record", `record ${sequence} of ${shard} makes no sense: ${problem}`, {
    subject,
    hint: TO_GO_ON,
  });
}
