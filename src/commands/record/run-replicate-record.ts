import { DdbrError, EXIT } from "../../core/errors.ts";
import { escapeForTerminal } from "../../core/escape.ts";
import { recordsAtOnce } from "../../core/record/batch-size.ts";
import { compareRecords } from "../../core/record/compare-records.ts";
import type { KeyList } from "../../core/record/key-list.ts";
import {
  plannedFor,
  type ReplicatedRecord,
  type ReplicateEnd,
  replicateRecords,
} from "../../core/record/replicate-records.ts";
import type { KeyWords } from "../options/keys.ts";
import { ask, canAsk } from "../output/ask.ts";
import { formatCount, plural } from "../output/figures.ts";
import { stopSignals } from "../output/stop-signals.ts";
import { openPrinter, type Printer, type PrinterFlags } from "./printer.ts";
import { type KeySource, keySource, readKeys } from "./read-keys.ts";
import { REPLICATED_WORDS, tellReplicated } from "./show-replicated.ts";
import { type RecordSides, watchMemory } from "./sides.ts";

type Action = ReplicatedRecord["action"];

interface ReplicateWords extends KeyWords, PrinterFlags {
  dryRun: boolean;
  yes: boolean;
}

/** `ddbr replicate-record` and `incremental-backup-record`, once their words are understood; returns the exit code. */
export async function runReplicateRecord(
  open: (signal: AbortSignal) => Promise<RecordSides>,
  words: ReplicateWords,
): Promise<number> {
  const source = keySource(words, process.stdin);
  const printer = await openPrinter(words);
  const { sides, keys } = await openAll(open, source);
  try {
    if (!words.dryRun && !words.yes && mustAsk(source, keys)) {
      const agreed = await ask(
        question(sides, keys),
        `Write to ${escapeForTerminal(sides.replica.description.name)}?`,
      );
      if (!agreed) throw new DdbrError("interrupted", "nothing was written");
    }
    watchMemory(sides);
    return await replicate({ sides, keys, printer, dryRun: words.dryRun, isOne: isOne(source) });
  } finally {
    keys.close();
    sides.close();
  }
}

/** While it is asked, Ctrl-C is the question's own: so the signals are let go of before. */
async function openAll(
  open: (signal: AbortSignal) => Promise<RecordSides>,
  source: KeySource,
): Promise<{ sides: RecordSides; keys: KeyList }> {
  using stop = stopSignals();
  const sides = await open(stop.signal);
  try {
    return { sides, keys: await readKeys(source, sides.primary.description.schema, stop.signal) };
  } catch (error) {
    sides.close();
    throw error;
  }
}

function isOne(source: KeySource): boolean {
  return source.kind === "arguments" && source.texts.length === 1;
}

/** What was typed one by one was meant; and where keys come by standard input nobody can answer. */
function mustAsk(source: KeySource, { count }: KeyList): boolean {
  return source.kind === "file" && count > 1 && canAsk();
}

/** What somebody has to know before saying yes. */
function question({ primary, replica }: RecordSides, { count }: KeyList): string[] {
  const { label: from, name } = primary.description;
  const { label: to, name: target } = replica.description;
  const width = Math.max(from.length, to.length);
  return [
    `${from.padEnd(width)}  ${escapeForTerminal(name)}`,
    `${to.padEnd(width)}  ${escapeForTerminal(target)}; this one is written to`,
    `${plural(count, "record")}: those that are missing or different are put;`,
    `those that the ${from} does not have are DELETED from the ${to}.`,
  ];
}

interface Replication {
  sides: RecordSides;
  keys: KeyList;
  printer: Printer;
  dryRun: boolean;
  isOne: boolean;
}

async function replicate(replication: Replication): Promise<number> {
  const { sides, printer, dryRun } = replication;
  using stop = stopSignals();
  const counts = new Map<Action, number>();
  const report = (record: ReplicatedRecord) => {
    counts.set(record.action, (counts.get(record.action) ?? 0) + 1);
    tellReplicated(record, sides, printer, replication);
  };
  const end = await (dryRun ? plan : carryOut)(replication, stop.signal, report);
  if (printer.kind === "lines" && !(replication.isOne && end.outcome === "done")) {
    printer.line({ text: countsText(counts, end, dryRun) });
  }
  if (end.outcome === "interrupted") throw stop.signal.reason;
  if (end.failure !== undefined) process.stderr.write(`ddbr: ${end.failure}\n`);
  if (end.outcome === "incomplete") return EXIT.failure;
  return dryRun && (counts.has("put") || counts.has("delete")) ? EXIT.discrepancies : EXIT.ok;
}

type Doing = (
  replication: Replication,
  signal: AbortSignal,
  report: (record: ReplicatedRecord) => void,
) => Promise<ReplicateEnd>;

const carryOut: Doing = async ({ sides, keys }, signal, report) => {
  const batches = keys.batches(recordsAtOnce([sides.primary, sides.replica]));
  const undo = sides.openUndo();
  try {
    return await replicateRecords({ ...sides, batches, undo, signal, report });
  } finally {
    undo?.close();
  }
};

const plan: Doing = async ({ sides, keys }, signal, report) => {
  const batches = keys.batches(recordsAtOnce([sides.primary, sides.replica]));
  for await (const records of compareRecords({ ...sides, batches, signal })) {
    for (const record of records) report(plannedFor(record, sides.ignored));
  }
  return { outcome: "done", unknown: 0 };
};

function countsText(counts: ReadonlyMap<Action, number>, { unknown }: ReplicateEnd, dryRun: boolean): string {
  const all = [...counts.values()].reduce((sum, count) => sum + count, unknown);
  const words = REPLICATED_WORDS[dryRun ? "dryRun" : "done"];
  const parts = (Object.keys(words) as Action[])
    .filter((action) => counts.has(action))
    .map((action) => `${formatCount(counts.get(action)!)} ${words[action]}`);
  if (unknown > 0) parts.push(`${formatCount(unknown)} not looked at`);
  return `${plural(all, "record")}${parts.length === 0 ? "" : `: ${parts.join(", ")}`}`;
}
