import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { DdbrError } from "../errors.ts";
import { type JobRecord, readJob } from "../state/job-record.ts";
import type { StatePlace } from "../state/state-place.ts";
import { workerName } from "./job-worker.ts";

const CLAIM = "table.json";
const LOOK_EVERY_MS = 500;
/** Making a table takes minutes where it has many indexes. */
const LONGEST_WAIT_MS = 1_800_000;

/**
 * Of all who want to begin a job on a table that is still to be made one makes it and begins the job; the others wait for that.
 * @param options.waiting told, in a line, when another makes it
 * @param make makes the table and begins the job
 * @throws DdbrError what `make` fails with, after which it is anybody's turn; `table-state` when nobody has come to an end
 */
export async function madeByOne(
  place: StatePlace,
  options: { waiting?(message: string): void; signal: AbortSignal },
  make: () => Promise<JobRecord>,
): Promise<JobRecord> {
  const { waiting, signal } = options;
  const claim = { worker: workerName(), token: randomUUID(), at: new Date().toISOString() };
  if (await place.putNew(CLAIM, Buffer.from(`${JSON.stringify(claim)}\n`), signal)) {
    try {
      return await make();
    } catch (error) {
      await place.delete(CLAIM).catch(() => {});
      throw error;
    }
  }
  waiting?.("another worker makes the table: waiting for it");
  const until = performance.now() + LONGEST_WAIT_MS;
  for (;;) {
    const begun = await readJob(place, signal);
    if (begun !== undefined) return begun;
    if ((await place.get(CLAIM, signal)) === undefined) return await madeByOne(place, options, make);
    if (performance.now() > until) throw neverMade(place);
    await sleep(LOOK_EVERY_MS, undefined, { signal });
  }
}

function neverMade(place: StatePlace): DdbrError {
  return new DdbrError("table-state", "the worker that makes the table has not come to its end", {
    subject: `${place.location.text}/${CLAIM}`,
    hint: "if no worker is there any more, delete the table and this object, and start again",
  });
}
