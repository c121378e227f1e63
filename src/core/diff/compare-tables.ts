import { keyFromString, keyString } from "../item/key-string.ts";
import { compareSegment } from "./compare-segment.ts";
import { Confirmer } from "./confirmer.ts";
import type { DiffRun } from "./diff-tables.ts";
import { eachSegment } from "./segments.ts";

/** How much the images that are read at once for confirming may come to on one side. */
const CONFIRM_BYTES = 2 * 1024 * 1024;
/** BatchGetItem takes no more keys than this. */
const MOST_KEYS = 100;

/** Compares, confirms and, where that is wanted, repairs. Returns how many candidates were left unconfirmed. */
export async function compareTables(run: DiffRun): Promise<number> {
  const { primary, replica, segments, keys, signal, undo, patienceMs } = run;
  const { schema } = primary.description;
  const repairs = run.mode === "repair" && !run.dryRun;
  const confirmer = new Confirmer({
    primary,
    replica,
    schema,
    ignored: run.ignored,
    settleMs: run.settleMs,
    batch: confirmBatch(run),
    ...(repairs ? { repair: { target: replica, undo, patienceMs } } : {}),
    gate: run.gate,
    signal,
    report: run.report,
  });
  confirmer.failed.catch(run.fail);

  if (keys === undefined) {
    const comparison = {
      primary,
      replica,
      schema,
      ignored: run.ignored,
      consistent: run.consistent,
      waitingBytes: run.waitingBytes / run.concurrency,
      gate: run.gate,
      signal,
      report: run.report,
      suspect: confirmer.add.bind(confirmer),
    };
    await eachSegment(run, (segment) => compareSegment(segment, segments, comparison));
  } else {
    for (const key of keys) {
      if (signal.aborted) break;
      await confirmer.add([{ key: keyString(key, schema), origin: "pair" }]).catch(run.fail);
    }
  }
  await confirmer.finish();
  return reportUndecided(run, confirmer);
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
