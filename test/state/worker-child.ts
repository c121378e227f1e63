/**
 * A worker as a program: `bun worker-child.ts <options as JSON>`. Each line it writes is a {@link Told}. A segment's work is a number
 * of units; each puts a part with one line, waits, and is then saved.
 */
import { writeSync } from "node:fs";
import type { SegmentLease } from "../../src/core/state/segment-lease.ts";
import { workOnSegments } from "../../src/core/state/worker.ts";
import { openPlace } from "./opened-places.ts";

export interface ChildOptions {
  url: string;
  worker: string;
  segments: number;
  segment?: number;
  concurrency: number;
  units: number;
  unitMs: number;
  leaseMs: number;
  clockMarginMs: number;
  aheadMs: number;
}

export type Told =
  | { type: "saved"; segment: number; epoch: number; unit: number }
  | {
      type: "segment-started" | "segment-done" | "segment-paused" | "segment-lost";
      segment: number;
      epoch: number;
    }
  | { type: "waiting" }
  | { type: "finished"; done: number };

function tell(told: Told): void {
  writeSync(1, `${JSON.stringify(told)}\n`);
}

/** What a unit's part says; the work goes on from the number of units that are saved. */
export async function workInUnits(
  lease: SegmentLease,
  signal: AbortSignal,
  { units, unitMs, saved }: { units: number; unitMs: number; saved(unit: number): void },
) {
  const { segment } = lease;
  for (let unit = Number(lease.record.checkpoint ?? 0); unit < units; unit++) {
    const { epoch, worker } = lease.record;
    const part = await lease.putPart("txt", Buffer.from(`${segment} ${unit} ${epoch} ${worker}\n`));
    await Bun.sleep(unitMs);
    signal.throwIfAborted();
    const parts = [...lease.record.parts, part];
    await lease.save({ checkpoint: unit + 1, totals: { units: unit + 1 }, parts });
    saved(unit);
  }
  return { totals: { units }, parts: lease.record.parts };
}

async function run({ url, aheadMs, units, unitMs, ...options }: ChildOptions): Promise<void> {
  const place = await openPlace(url);
  const now = () => Date.now() + aheadMs;
  const { signal } = new AbortController();
  const { done } = await workOnSegments(
    place,
    { ...options, now, signal, report: tell },
    (lease, { signal: stop }) => {
      const { segment } = lease;
      const { epoch } = lease.record;
      return workInUnits(lease, stop, {
        units,
        unitMs,
        saved: (unit) => tell({ type: "saved", segment, epoch, unit }),
      });
    },
  );
  tell({ type: "finished", done });
  place.close();
}

if (import.meta.main) await run(JSON.parse(process.argv[2] ?? ""));
