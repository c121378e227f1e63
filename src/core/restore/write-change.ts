import { setTimeout as sleep } from "node:timers/promises";
import { DdbrError, describeError } from "../errors.ts";
import { readPresent } from "../history/restore-version.ts";
import type { WireItem } from "../item/attribute-value.ts";
import { equalItems } from "../item/equal.ts";
import { isPassing } from "../table/failure.ts";
import type { Table } from "../table/table.ts";
import type { Change } from "./change.ts";
import type { RestoreRun } from "./restore-run.ts";
import type { ChangeFate } from "./settled-changes.ts";

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 5_000;

/**
 * Writes a record on condition that it still is as planned; repeats what fails in passing. Where the condition does not hold, the record
 * is read: it may be what it is to be already, by an earlier run or by an attempt whose answer was lost.
 *
 * Conditions see content, not time: a record that went away from what was planned on, and came back to exactly that, is written.
 * @param present what the record was just now, where it was read. A condition does not see an attribute that somebody has added since the plan,
 * which may be hours ago; so a record that is to be replaced or deleted is looked at first
 * @throws DdbrError what is not about this record alone; the signal's reason
 */
export async function writeChange(
  change: Change,
  table: Table,
  run: RestoreRun,
  present?: { item: WireItem | undefined },
): Promise<ChangeFate> {
  const { key, before } = change;
  if (present !== undefined && !equalItems(present.item, before)) return found(present.item, change, run);
  try {
    if ((await write(change, table, run)) === "written") return "done";
  } catch (error) {
    if (!(error instanceof DdbrError) || error.code !== "service-refused") throw error;
    run.report({ type: "undone", undone: { key, reason: describeError(error) } });
    return "undone";
  }
  return found(await readPresent(table, key, run.signal), change, run);
}

/** What is to be said of a record that is not as planned on. */
function found(item: WireItem | undefined, { key, after }: Change, { report }: RestoreRun): ChangeFate {
  if (equalItems(item, after)) return "done";
  report({ type: "raced", key });
  return "raced";
}

/** Without reading in between: after a lost answer the condition of the next attempt tells whether the first took effect. */
async function write({ before, after }: Change, table: Table, { signal, patienceMs, report }: RestoreRun) {
  const operation = after === undefined ? "DeleteItem" : "PutItem";
  let until: number | undefined;
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    await table.readyToWrite(signal);
    signal.throwIfAborted();
    try {
      return await (after === undefined ? table.delete(before!) : table.put(after, before));
    } catch (error) {
      if (!isPassing(error)) throw error;
      const now = performance.now();
      until ??= now + patienceMs;
      if (now > until) throw error;
      report({
        type: "retried",
        end: "table",
        operation,
        throttled: (error as DdbrError).code === "throttled",
      });
    }
    await sleep(pause * (0.5 + Math.random() / 2), undefined, { signal });
  }
}
