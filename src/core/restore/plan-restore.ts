import type { KeySchema, WireItem } from "../item/attribute-value.ts";
import { equalItems } from "../item/equal.ts";
import { keyFromString, keyString } from "../item/key-string.ts";
import type { Table } from "../table/table.ts";
import type { ChangeSink } from "./change.ts";
import type { ComparedSource, Difference } from "./compare-source.ts";
import type { DigestSpool } from "./image-spool.ts";
import { PlanTally } from "./plan-tally.ts";
import { READ_BATCH } from "./read-table.ts";
import type { RestorePlan } from "./restore-events.ts";
import type { RestoreRun } from "./restore-run.ts";

/**
 * Works out what a restore has to write. A record that the table has not got is put where there is none; of records that are there,
 * the present image is read again, consistently: it is what the write will be conditional on.
 * @param compared its source has been read
 * @param seen what the table held just now
 * @param table undefined: it is still to be made
 * @param sink takes the changes; undefined: they are only counted
 */
export async function planRestore(
  compared: ComparedSource,
  seen: DigestSpool,
  table: Table | undefined,
  schema: KeySchema,
  run: RestoreRun,
  sink: ChangeSink | undefined,
): Promise<RestorePlan> {
  const tally = new PlanTally(sink, run.report);
  let waiting: Difference[] = [];
  const flush = async () => {
    const batch = waiting;
    waiting = [];
    const present = await readPresent(batch, table!, schema, run);
    for (const difference of batch) {
      const { key, wanted } = difference;
      const before = present.get(key);
      // Somebody has mended it meanwhile.
      if (!compared.selects(difference, before)) continue;
      const after = compared.image(wanted);
      if (equalItems(before, after)) tally.equal();
      else tally.add({ key: keyFromString(key, schema), before, after });
    }
  };
  const equal = await compared.differences(seen, run, async (difference) => {
    const treatment = compared.treatment(difference);
    if (treatment !== "write") return tally.left(treatment);
    const { key, wanted, there } = difference;
    if (!there) {
      tally.add({ key: keyFromString(key, schema), before: undefined, after: compared.image(wanted) });
      return;
    }
    waiting.push(difference);
    if (waiting.length >= READ_BATCH) await flush();
  });
  if (waiting.length > 0) await flush();
  tally.plan.equal += equal;
  return tally.plan;
}

/** The present images of these records, by key. */
export async function readPresent(
  batch: readonly { key: string }[],
  table: Table,
  schema: KeySchema,
  { signal, gate }: RestoreRun,
): Promise<Map<string, WireItem>> {
  await gate.passed(signal);
  const items = await table.read(
    batch.map(({ key }) => keyFromString(key, schema)),
    true,
    signal,
  );
  return new Map(items.map((item) => [keyString(item, schema), item]));
}
