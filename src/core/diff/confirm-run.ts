import type { WireKey } from "../item/attribute-value.ts";
import { keyFromString, keyString } from "../item/key-string.ts";
import { Confirmer } from "./confirmer.ts";
import type { DiffRun } from "./run-diff.ts";
import type { RepairTarget } from "./source.ts";

/** How much the images that are read at once for confirming may come to on one side. */
const CONFIRM_BYTES = 2 * 1024 * 1024;
/** BatchGetItem takes no more keys than this. */
const MOST_KEYS = 100;

/**
 * Lets `find` look for candidates, or takes the run's own keys, and confirms them; repairs `target`
 * where that is wanted. Returns how many candidates were left unconfirmed.
 */
export async function confirmAll(
  run: DiffRun,
  target: RepairTarget | undefined,
  find: (confirmer: Confirmer) => Promise<void>,
): Promise<number> {
  const { primary, replica, keys, undo, patienceMs } = run;
  const { schema } = primary.description;
  const repairs = target !== undefined && run.mode === "repair" && !run.dryRun;
  const confirmer = new Confirmer({
    primary,
    replica,
    schema,
    ignored: run.ignored,
    settleMs: run.settleMs,
    batch: confirmBatch(run),
    ...(repairs ? { repair: { target, undo, patienceMs } } : {}),
    gate: run.gate,
    signal: run.signal,
    report: run.report,
  });
  confirmer.failed.catch(run.fail);
  await (keys === undefined ? find(confirmer) : addKeys(keys, run, confirmer)).catch(run.fail);
  await confirmer.finish();
  return reportUndecided(run, confirmer);
}

async function addKeys(
  keys: Iterable<WireKey>,
  { signal, primary }: DiffRun,
  confirmer: Confirmer,
): Promise<void> {
  for (const key of keys) {
    if (signal.aborted) return;
    await confirmer.add([{ key: keyString(key, primary.description.schema), origin: "pair" }]);
  }
}

/**
 * Of records left undecided, those known to differ are named. Mere candidates are named when the run failed;
 * when the user stopped it, of most records nothing is known, and they are only counted.
 */
function reportUndecided({ report, failed, primary }: DiffRun, confirmer: Confirmer): number {
  let unconfirmed = 0;
  for (const { key, reported, written } of confirmer.undecided()) {
    if (!reported) unconfirmed++;
    if (!reported && !failed()) continue;
    const reason = written ? "written, but not verified" : reported ? "not repaired" : "not confirmed";
    report({ type: "undone", undone: { key: keyFromString(key, primary.description.schema), reason } });
  }
  return unconfirmed;
}

/** Keys read at once: few where items are large, or where repairs could not be written before the read is stale. */
function confirmBatch({ primary, replica, mode, maxWriteUnits = Number.POSITIVE_INFINITY }: DiffRun): number {
  const itemBytes = Math.max(
    ...[primary, replica].map(({ description: { items, bytes } }) => bytes / Math.max(items, 1)),
    1,
  );
  const writable = mode === "repair" ? maxWriteUnits / 4 : MOST_KEYS;
  return Math.max(1, Math.floor(Math.min(MOST_KEYS, CONFIRM_BYTES / itemBytes, writable)));
}
