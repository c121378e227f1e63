import type { EngineEstimate } from "../../src/core/estimate/estimate.ts";
import { uniformItems } from "../../test/estimate/uniform-items.ts";
import { calibrated } from "./calibrated.ts";
import { JOBS, type Job } from "./jobs.ts";
import { measured, type Run } from "./measured.ts";
import { RUNS, SEGMENTS, SIZE, SMALL, TIMES } from "./sizes.ts";

/** Prints how right the model is of a larger run, by what a smaller one has shown; of all commands, or of those that are named. */
export async function times(names: readonly string[]): Promise<void> {
  const runOf = (job: Job, items: number, segments: number) =>
    measured(job, () => uniformItems(0, items, SMALL), segments, RUNS);
  // A server that has only just started is slower.
  await runOf(JOBS["compare two tables"]!, SIZE, SEGMENTS);
  const { seconds: start } = await runOf(JOBS["compare two tables"]!, 1, 1);
  for (const [name, job] of Object.entries(JOBS)) {
    if (names.length > 0 && !names.includes(job.command)) continue;
    const items = SIZE * job.share;
    const least = await runOf(job, 1, SEGMENTS);
    const run = await runOf(job, items, SEGMENTS);
    const told = calibrated(job, { start, least, items, run })(items * TIMES, SEGMENTS * TIMES);
    const larger = await runOf(job, items * TIMES, SEGMENTS * TIMES);
    const { requests, units } = counted(larger, job);
    console.log(
      `${name}: ${shown(items, run)}; ${shown(items * TIMES, larger)}, ` +
        `${(told.seconds / larger.seconds).toFixed(2)} of that by the estimate; ` +
        `requests ${compared(requests, told, ["requests"])}, units ${compared(units, told, ["readUnits", "writeUnits"])}`,
    );
  }
}

function shown(items: number, { seconds, cpuMs }: Run): string {
  const cpu = ((cpuMs * 1000) / items).toFixed(0);
  return `${items} items in ${seconds.toFixed(2)} s (${cpu} µs of processor time each)`;
}

function counted(run: Run, { ends }: Job): { requests: number; units: number } {
  const sum = { requests: 0, units: 0 };
  for (const end of ends) {
    const { requests, readUnits, writeUnits = 0 } = run.ends[end]!;
    sum.requests += requests;
    sum.units += readUnits + writeUnits;
  }
  return sum;
}

/** A figure beside the estimate's least and most. */
function compared(
  figure: number,
  { parts }: EngineEstimate,
  figures: ("requests" | "readUnits" | "writeUnits")[],
): string {
  const sum = (bound: "low" | "high") =>
    parts.reduce((total, part) => total + figures.reduce((of, one) => of + part[one][bound], 0), 0);
  const [low, high] = [sum("low"), sum("high")];
  const holds = figure >= low && figure <= high ? "" : "NOT ";
  return low === high ? `${figure} (${holds}exact)` : `${figure} (${holds}within ${low} to ${high})`;
}
