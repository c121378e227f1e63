import { type EngineEstimate, estimate } from "../../src/core/estimate/estimate.ts";
import type { Costs } from "../../src/core/estimate/parameters.ts";
import type { Latencies, Question } from "../../src/core/estimate/question.ts";
import type { Job } from "./jobs.ts";
import type { Run } from "./measured.ts";
import { SEGMENTS, SMALL } from "./sizes.ts";

/** What has been measured of a job. */
export interface Shown {
  /** Seconds that the program takes to start. */
  start: number;
  /** A run on one item, in as many segments. */
  least: Run;
  items: number;
  run: Run;
}

export type Model = (items: number, segments: number) => EngineEstimate;

/**
 * The model with what runs have shown: the processor time of an item, and the latencies that make the model's times those of the runs: of an
 * object the run on one item, which does little else; then of what the job mostly waits for the other.
 */
export function calibrated(job: Job, { start, least, items, run }: Shown): Model {
  const { cost, latency, onS3 } = job;
  const costs: Costs = {
    ...NOTHING,
    start,
    [cost]: { item: ((run.cpuMs - least.cpuMs) * 1000) / items, kb: 0 },
  };
  const latencies: Latencies = { page: 0, object: 0, item: 0 };
  const model: Model = (count, segments) =>
    estimate(questionOf(job, count, segments, latencies), costs).engines[0]!;
  const solve = (which: keyof Latencies, count: number, seconds: number) => {
    let [low, high] = [0, 100_000];
    for (let step = 0; step < 60; step++) {
      latencies[which] = (low + high) / 2;
      if (model(count, SEGMENTS).seconds < seconds) low = latencies[which];
      else high = latencies[which];
    }
  };
  if (onS3 && latency !== "object") solve("object", 1, least.seconds);
  solve(latency, items, run.seconds);
  return model;
}

function questionOf(
  { command, drift, onS3 }: Job,
  items: number,
  segments: number,
  latencies: Latencies,
): Question {
  const table = { items, itemBytes: SMALL, clustered: false };
  return {
    command,
    table,
    replica: table,
    segments,
    concurrency: 4,
    workers: undefined,
    // A server of one's own bounds nothing.
    partitions: 1_000_000,
    maxReadUnits: undefined,
    maxWriteUnits: undefined,
    consistent: false,
    drift,
    create: false,
    onS3,
    storedRatio: 0.1,
    prices: { read: 0, write: 0 },
    latencies,
  };
}

const NO_COST = { item: 0, kb: 0 };
const NOTHING: Costs = {
  comparing: NO_COST,
  dumping: NO_COST,
  compressing: NO_COST,
  reading: NO_COST,
  object: NO_COST,
  writing: NO_COST,
  filling: NO_COST,
  start: 0,
};
