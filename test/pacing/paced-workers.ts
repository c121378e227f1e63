import { DdbrError } from "../../src/core/errors.ts";
import { type JobPacingOptions, joinJobPacing } from "../../src/core/job/job-pacing.ts";
import { parseTableLocation } from "../../src/core/location.ts";
import type { RunPacing } from "../../src/core/pacing/run-pacing.ts";
import type { StatePlace } from "../../src/core/state/state-place.ts";
import { openTable } from "../../src/core/table/table.ts";
import { openPlace } from "../state/opened-places.ts";

export interface PacedScans extends Pick<JobPacingOptions, "time"> {
  /** The table, as the workers reach it. */
  location: string;
  workers: number;
  /** So many at once. */
  segments: number;
  /** So often each of them scans it. */
  scans: number;
  /** Read units a second of all. */
  limit?: number;
  /** US dollars. */
  budget?: number;
  /** US dollars for a million read units. */
  price?: number;
}

/** What a worker came to. */
export interface Scanned {
  items: number;
  /** Why it has ended early. */
  spent: string | undefined;
}

/** Workers that begin together, each with the place opened anew as a process does it. */
export async function scanTogether(place: StatePlace, options: PacedScans): Promise<Scanned[]> {
  const { workers, limit, budget, price = 0.125, time } = options;
  const places: StatePlace[] = [];
  for (let index = 0; index < workers; index++) places.push(await openPlace(place.location.text));
  const work = async (own: StatePlace, index: number) => {
    await using pacing = await joinJobPacing({
      place: own,
      worker: `Host.${index}:17`,
      limits: { table: { read: limit } },
      budget,
      prices: { read: price, write: price },
      ...(time && { time }),
    });
    return await scanAll(options, pacing);
  };
  try {
    return await Promise.all(places.map(work));
  } finally {
    for (const own of places) own.close();
  }
}

/** No page is begun after the budget is told to be spent. */
async function scanAll({ location, segments, scans }: PacedScans, pacing: RunPacing): Promise<Scanned> {
  const opened = await openTable(parseTableLocation(location), { paces: pacing.paces("table") });
  const { signal } = new AbortController();
  let items = 0;
  const scanSegment = async (segment: number) => {
    for await (const page of opened.scan(segment, segments, signal)) {
      items += page.length;
      if (pacing.spent.aborted) return;
    }
  };
  try {
    for (let scan = 0; scan < scans && !pacing.spent.aborted; scan++) {
      await Promise.all(Array.from({ length: segments }, (_, segment) => scanSegment(segment)));
    }
  } catch (error) {
    // There was not enough left for the page that it was waiting for.
    if (!(error instanceof DdbrError && error.code === "interrupted")) throw error;
  }
  opened.close();
  return { items, spent: pacing.spent.reason?.message };
}
