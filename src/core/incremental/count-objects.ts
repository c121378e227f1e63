import type { ObjectStore } from "../store/object-store.ts";
import type { TransferRun } from "../transfer/run-transfer.ts";

/** Does `work`, which reads a folder, and meanwhile tells about how much there is to be done. */
export async function whileCounting(
  run: TransferRun,
  source: ObjectStore,
  work: () => Promise<void>,
): Promise<void> {
  // It only serves to show progress: its end, or its failure, is none of the work's concern.
  const enough = new AbortController();
  const counting = countObjects(run, source, AbortSignal.any([run.signal, enough.signal])).catch(() => {});
  try {
    await work();
  } finally {
    enough.abort();
    await counting;
  }
}

/**
 * Lists what is there now once more and ahead of reading: a thousand objects to a request, where reading takes a request for
 * each. Of a moment's objects there are about as many.
 */
async function countObjects(run: TransferRun, source: ObjectStore, signal: AbortSignal): Promise<void> {
  let items = 0;
  for await (const page of source.list("", signal)) {
    items += page.length;
    run.report({ type: "listed", objects: page.length });
    await run.gate.passed(signal);
    signal.throwIfAborted();
  }
  run.report({ type: "estimated", items });
}
