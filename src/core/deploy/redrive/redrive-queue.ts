import { DdbrError } from "../../errors.ts";
import type { StreamSource } from "../../follow/stream-source.ts";
import type { WireKey } from "../../item/attribute-value.ts";
import type { StreamRecord, UnreadableRecord } from "../../stream/stream-record.ts";
import { byKey } from "../../stream/stream-target.ts";
import type { FailureQueue, QueueMessage } from "../failure-queue.ts";
import { type FailedBatch, parseFailedBatch } from "./failed-batch.ts";
import type { Mender } from "./mend-records.ts";
import { readFailedRecords } from "./read-failed.ts";
import type { KeptReason, RedriveReport, RedriveSummary } from "./redrive-events.ts";

export interface RedriveOptions {
  queue: FailureQueue;
  /** Opens the stream that a batch is of. */
  stream(batch: FailedBatch): Promise<StreamSource>;
  /** Opens what is mended. */
  mender(batch: FailedBatch): Promise<Mender>;
  /** The keys of a batch that the stream does not hold any more, or why they are not known. */
  keys(batch: FailedBatch): Promise<WireKey[] | { unknown: string }>;
  dryRun: boolean;
  /** Deletes messages whose records are lost: the whole table was mended. */
  dropLost: boolean;
  signal: AbortSignal;
  report: RedriveReport;
}

/** For as long nobody else gets what is being mended. */
const HIDDEN_SECONDS = 900;
const RELEASE_MS = 5_000;

/** Goes through the queue once. A message is deleted when all that it tells of is mended; the others are left, for others to see. */
export async function redriveQueue(options: RedriveOptions): Promise<RedriveSummary> {
  const { queue, signal, report } = options;
  const startedAt = performance.now();
  const counts = { messages: 0, mended: 0, dropped: 0, kept: 0, lost: 0, records: 0 };
  const seen = new Set<string>();
  const open: QueueMessage[] = [];
  try {
    for (;;) {
      const messages = await queue.receive(HIDDEN_SECONDS, signal);
      open.push(...messages);
      const fresh = messages.filter(({ id }) => !seen.has(id));
      if (fresh.length === 0) break;
      for (const message of fresh) {
        seen.add(message.id);
        counts.messages++;
        const { deleted, because, records } = await redrive(message, options);
        counts.records += records;
        if (deleted) open.splice(open.indexOf(message), 1);
        if (deleted && because === "lost") counts.dropped++;
        else if (deleted) counts.mended++;
        else counts.kept++;
        if (!deleted && because === "lost") counts.lost++;
      }
    }
  } finally {
    await release(queue, open);
  }
  const summary = { ...counts, elapsedMs: Math.round(performance.now() - startedAt) };
  report({ type: "finished", summary });
  return summary;
}

interface Redriven {
  deleted: boolean;
  because?: KeptReason;
  records: number;
}

async function redrive(message: QueueMessage, options: RedriveOptions): Promise<Redriven> {
  const { report, signal } = options;
  const kept = (because: KeptReason, details: { table?: string; reason?: string } = {}): Redriven => {
    report({ type: "kept", message: message.id, because, ...details });
    return { deleted: false, because, records: 0 };
  };
  const batch = parseFailedBatch(message.body);
  if (batch === undefined) return kept("foreign");
  const { shard, start, end } = batch;
  report({ type: "message", message: message.id, shard, start, end, records: batch.records });
  try {
    const records = await readFailedRecords(await options.stream(batch), batch, signal);
    return records === "lost"
      ? await redriveLost({ message, batch, kept }, options)
      : await redriveRecords({ message, batch, kept }, records, options);
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof DdbrError) || error.code !== "stream-view") throw error;
    return kept("undone", { reason: error.message });
  }
}

/** A message of Lambda's on a stream. */
interface ToldBatch {
  message: QueueMessage;
  batch: FailedBatch;
  /** Leaves it in the queue. */
  kept(because: KeptReason, details?: { table?: string; reason?: string }): Redriven;
}

async function redriveRecords(
  { message, batch, kept }: ToldBatch,
  records: readonly (StreamRecord | UnreadableRecord)[],
  { queue, report, signal, dryRun, mender }: RedriveOptions,
): Promise<Redriven> {
  const readable = records.filter((record): record is StreamRecord => !("problem" in record));
  const unreadable = records.find((record) => "problem" in record);
  const keys = byKey(readable).length;
  if (dryRun) return kept("dry-run", { reason: `records to look at: ${keys}` });
  const { mend } = await mender(batch);
  const problem = await mend(readable, (record) => report({ type: "record", ...told(record) }), signal);
  const reason = problem ?? unreadable?.problem;
  if (reason !== undefined) return kept("undone", { reason });
  await queue.delete(message, signal);
  report({ type: "mended", message: message.id, records: keys, from: "stream" });
  return { deleted: true, records: keys };
}

/** What the stream does not hold any more the function's log may name. */
async function redriveLost(
  { message, batch, kept }: ToldBatch,
  { queue, report, signal, dryRun, dropLost, mender, keys: keysOf }: RedriveOptions,
): Promise<Redriven> {
  const keys = await keysOf(batch);
  if ("unknown" in keys) {
    const table = batch.streamArn.replace(/\/stream\/.*$/, "");
    if (!dropLost || dryRun) return kept("lost", { table, reason: keys.unknown });
    await queue.delete(message, signal);
    report({ type: "dropped", message: message.id, table });
    return { deleted: true, because: "lost", records: 0 };
  }
  if (dryRun)
    return kept("dry-run", { reason: `records to look at, named by the function's log: ${keys.length}` });
  const { mendKeys } = await mender(batch);
  const reason = await mendKeys(keys, (record) => report({ type: "record", ...told(record) }), signal);
  if (reason !== undefined) return kept("undone", { reason });
  await queue.delete(message, signal);
  report({ type: "mended", message: message.id, records: keys.length, from: "log" });
  return { deleted: true, records: keys.length };
}

function told({ key, action, reason }: Parameters<Parameters<Mender["mend"]>[1]>[0]) {
  return { key, action, ...(reason !== undefined && { reason }) };
}

/** Also after a stop. */
async function release(queue: FailureQueue, messages: QueueMessage[]): Promise<void> {
  const signal = AbortSignal.timeout(RELEASE_MS);
  for (const message of messages) await queue.release(message, signal).catch(() => {});
}
