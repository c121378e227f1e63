import { compareImages } from "../diff/discrepancy.ts";
import type { KeySchema, WireItem, WireKey } from "../item/attribute-value.ts";
import { keyFromString, keyString } from "../item/key-string.ts";
import type { Table } from "../table/table.ts";
import type { Change } from "./change.ts";
import type { ChangesFile } from "./changes-file.ts";
import type { ComparedSource, Difference } from "./compare-source.ts";
import { readPresent } from "./plan-restore.ts";
import { READ_BATCH } from "./read-table.ts";
import type { RestoreRun } from "./restore-run.ts";

/** Compares the table with its source once more; what differs is read again, consistently, before it is called a discrepancy. */
export async function verifyRestore(
  compared: ComparedSource,
  table: Table,
  schema: KeySchema,
  run: RestoreRun,
): Promise<void> {
  let waiting: Difference[] = [];
  const flush = async () => {
    const batch = waiting;
    waiting = [];
    const present = await readPresent(batch, table, schema, run);
    for (const difference of batch) {
      const { key, wanted } = difference;
      if (!compared.selects(difference, present.get(key))) continue;
      tellDifference(keyFromString(key, schema), compared.image(wanted), present.get(key), run);
    }
  };
  const seen = await compared.readTable(table, run);
  try {
    await compared.differences(seen, run, async (difference) => {
      if (compared.treatment(difference) !== "write") return;
      waiting.push(difference);
      if (waiting.length >= READ_BATCH) await flush();
    });
    if (waiting.length > 0) await flush();
  } finally {
    seen.close();
  }
}

/** Reads every record of a plan again, and compares it with what it was to become. */
export async function verifyChanges(
  file: ChangesFile,
  table: Table,
  schema: KeySchema,
  run: RestoreRun,
): Promise<void> {
  for await (const { changes } of file.pages(0, run.signal)) await verifySome(changes, table, schema, run);
}

/** Reads the records of these changes again, and compares them with what they were to become. */
export async function verifySome(
  changes: readonly Change[],
  table: Table,
  schema: KeySchema,
  run: RestoreRun,
): Promise<void> {
  for (let from = 0; from < changes.length; from += READ_BATCH) {
    const batch = changes.slice(from, from + READ_BATCH);
    const keys = batch.map(({ key }) => ({ key: keyString(key, schema) }));
    const present = await readPresent(keys, table, schema, run);
    run.report({ type: "read", end: "table", items: batch.length });
    for (const [index, { after }] of batch.entries()) {
      const { key } = keys[index]!;
      tellDifference(keyFromString(key, schema), after, present.get(key), run);
    }
  }
}

function tellDifference(
  key: WireKey,
  wanted: WireItem | undefined,
  there: WireItem | undefined,
  { report }: RestoreRun,
): void {
  const discrepancy = compareImages(key, wanted, there);
  if (discrepancy !== undefined) report({ type: "discrepancy", discrepancy });
}
