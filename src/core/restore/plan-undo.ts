import { crc32 } from "node:zlib";
import { PARTITIONS, PartitionedSpool } from "../diff/partitioned-spool.ts";
import { DdbrError } from "../errors.ts";
import { inParallel } from "../in-parallel.ts";
import type { KeySchema, WireItem } from "../item/attribute-value.ts";
import { equalItems } from "../item/equal.ts";
import { keyString } from "../item/key-string.ts";
import type { Table } from "../table/table.ts";
import type { Change, ChangeSink } from "./change.ts";
import type { ChangesFile } from "./changes-file.ts";
import { pagesForTable } from "./pages-for-table.ts";
import { readPresent } from "./plan-restore.ts";
import { PlanTally } from "./plan-tally.ts";
import { READ_BATCH } from "./read-table.ts";
import type { RestorePlan } from "./restore-events.ts";
import type { RestoreRun } from "./restore-run.ts";

const READS_AT_ONCE = 4;

/** What a file says of one record. */
interface History {
  key: string;
  /** The oldest first; at least one. */
  changes: Change[];
}

/**
 * Works out what brings back what the writes of a file have replaced. A record that somebody else has written since is left alone, and told.
 * Memory stays bounded however long the file is.
 * @param sink takes the changes; undefined: they are only counted
 * @throws DdbrError `damaged`, `schema`; `usage` when nothing was written by this file
 */
export async function planUndo(
  file: ChangesFile,
  table: Table,
  run: RestoreRun,
  sink: ChangeSink | undefined,
): Promise<RestorePlan> {
  const { header, plan, path } = file;
  if (header !== undefined && plan === undefined) {
    throw new DdbrError("usage", "holds no whole plan, so nothing has been written by it", {
      subject: path,
      hint: "there is nothing to undo",
    });
  }
  const { schema } = table.description;
  const tally = new PlanTally(sink, run.report);
  // In a plan every record comes once. Repairs try again what they have lost to others, and workers what others have begun.
  const isSingle = header !== undefined && header.repeats !== true;
  const histories = isSingle ? single(file, schema, run) : gathered(file, schema, run);
  await inParallel(histories, READS_AT_ONCE, async (batch) => {
    const present = await readPresent(batch, table, schema, run);
    run.report({ type: "read", end: "table", items: batch.length });
    for (const history of batch) undo(history, present.get(history.key), tally);
  });
  return tally.plan;
}

/** Goes back from the present image, write by write, as far as they have taken place. */
function undo({ changes }: History, present: WireItem | undefined, tally: PlanTally): void {
  let image = present;
  let isKnown = false;
  let hasMoved = false;
  for (const { before, after } of changes.toReversed()) {
    if (equalItems(image, after)) {
      image = before;
      hasMoved = true;
    } else if (equalItems(image, before)) {
      // This write never happened, or has been taken back.
      isKnown = true;
    }
  }
  const { key } = changes[0]!;
  if (hasMoved && !equalItems(image, present)) tally.add({ key, before: present, after: image });
  else if (hasMoved || isKnown) tally.equal();
  else tally.left("changed-since", key);
}

async function* single(file: ChangesFile, schema: KeySchema, run: RestoreRun): AsyncGenerator<History[]> {
  for await (const { changes } of pagesForTable(file, schema, 0, run.signal)) {
    run.report({ type: "read", end: "source", items: changes.length });
    yield* batches(changes.map((change) => ({ key: keyString(change.key, schema), changes: [change] })));
  }
}

async function* gathered(file: ChangesFile, schema: KeySchema, run: RestoreRun): AsyncGenerator<History[]> {
  const spool = new PartitionedSpool();
  try {
    for await (const { changes } of pagesForTable(file, schema, 0, run.signal)) {
      for (const change of changes) {
        spool.add(crc32(keyString(change.key, schema)) % PARTITIONS, JSON.stringify(change));
      }
      run.report({ type: "read", end: "source", items: changes.length });
    }
    for (let partition = 0; partition < PARTITIONS; partition++) {
      run.signal.throwIfAborted();
      const byKey = new Map<string, Change[]>();
      for (const line of spool.lines(partition)) {
        const { key, before, after }: Change = JSON.parse(line);
        const text = keyString(key, schema);
        const changes = byKey.get(text) ?? [];
        changes.push({ key, before, after });
        byKey.set(text, changes);
      }
      yield* batches([...byKey].map(([key, changes]) => ({ key, changes })));
    }
  } finally {
    spool.close();
  }
}

function* batches(histories: readonly History[]): Generator<History[]> {
  for (let from = 0; from < histories.length; from += READ_BATCH) {
    yield histories.slice(from, from + READ_BATCH);
  }
}
