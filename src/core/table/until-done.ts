import { setTimeout as sleep } from "node:timers/promises";
import { DdbrError } from "../errors.ts";

const FIRST_PAUSE_MS = 25;
const LONGEST_PAUSE_MS = 5_000;

/** How work that the service does piecemeal is followed up. */
export interface Persistence {
  signal: AbortSignal;
  /** How long nothing may move before the run gives up. */
  patienceMs: number;
  /** The table's location as typed, for the error. */
  subject: string;
  /** What can be done where nothing moves, for the error. */
  hint: string;
  /** Told each time that a rest is asked for again. */
  retried(): void;
}

/**
 * Sends parts, and whatever an answer leaves undone again after growing, jittered pauses, until nothing is left.
 * The pause starts again small whenever something moved.
 * @param send does what it can and returns what is left
 * @throws DdbrError `throttled` when nothing has moved for `patienceMs`
 */
export async function untilDone<Part>(
  parts: Part[],
  send: (parts: Part[]) => Promise<Part[]>,
  { signal, patienceMs, subject, hint, retried }: Persistence,
): Promise<void> {
  let longestPause = FIRST_PAUSE_MS;
  let lastMoved = performance.now();
  let before = parts;
  for (let left = await send(parts); left.length > 0; left = await send(left)) {
    const now = performance.now();
    if (left.length < before.length) {
      longestPause = FIRST_PAUSE_MS;
      lastMoved = now;
    } else {
      longestPause = Math.min(longestPause * 2, LONGEST_PAUSE_MS);
    }
    if (now - lastMoved > patienceMs) {
      throw new DdbrError(
        "throttled",
        `throttled: DynamoDB keeps leaving ${left.length} items of a batch undone`,
        { subject, hint },
      );
    }
    retried();
    before = left;
    await sleep(longestPause * (0.5 + Math.random() / 2), undefined, { signal });
  }
}
