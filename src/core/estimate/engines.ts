import {
  BATCH_ARRAY,
  type Costs,
  FARGATE_PRICES,
  FARGATE_STARTS,
  JOB_SIZE,
  LAMBDA,
  LAMBDA_PRICES,
  RENEWALS,
  STARTS,
  STEP_FUNCTIONS,
  TRANSITION_PRICE,
} from "./parameters.ts";
import type { Question } from "./question.ts";
import { segmentCalls } from "./segment-calls.ts";

export type EngineName = "one-machine" | "batch" | "step-functions";

/** Where a run's work is done. */
export interface Engine {
  name: EngineName;
  mostWorkers: number;
  /** Segments that a worker does at the same time. */
  lanesOf(question: Question): number;
  /** Processors of a worker, as far as they are bounded. */
  cpus: number;
  /** Seconds that a worker takes to begin. */
  startOf(costs: Costs): number;
  /** What it begins, workers or segments, and how many of them a second. */
  begins(run: Pick<EngineRun, "workers" | "segments">): number;
  begunASecond: number;
  /** Its workers share a state, and renew a segment's lease in it so often, seconds. */
  renewalSeconds?: number;
  /** What the engine charges, dollars. */
  charge(run: EngineRun): number;
}

export interface EngineRun {
  seconds: number;
  workers: number;
  segments: number;
}

const HOUR = 3600;

export const ENGINES: readonly Engine[] = [
  {
    name: "one-machine",
    mostWorkers: 1,
    lanesOf: ({ concurrency }) => concurrency,
    cpus: Number.POSITIVE_INFINITY,
    startOf: ({ start }) => start,
    begins: () => 0,
    begunASecond: Number.POSITIVE_INFINITY,
    charge: () => 0,
  },
  {
    name: "batch",
    mostWorkers: BATCH_ARRAY,
    lanesOf: ({ concurrency }) => concurrency,
    cpus: JOB_SIZE.cpus,
    startOf: () => STARTS.job,
    begins: ({ workers }) => workers,
    begunASecond: FARGATE_STARTS,
    renewalSeconds: RENEWALS.job,
    charge: ({ seconds, workers }) =>
      ((workers * seconds) / HOUR) *
      (JOB_SIZE.cpus * FARGATE_PRICES.cpuHour + JOB_SIZE.gb * FARGATE_PRICES.gbHour),
  },
  {
    name: "step-functions",
    mostWorkers: Math.min(LAMBDA.concurrency, STEP_FUNCTIONS.children),
    lanesOf: () => 1,
    cpus: 1,
    startOf: () => STARTS.call,
    begins: ({ segments }) => segments,
    begunASecond: STEP_FUNCTIONS.startsASecond,
    renewalSeconds: RENEWALS.call,
    charge(run) {
      const { calls, transitions } = segmentCalls(run);
      return (
        ((run.workers * run.seconds * LAMBDA.memoryMb) / 1024) * LAMBDA_PRICES.gbSecond +
        calls * LAMBDA_PRICES.request +
        transitions * TRANSITION_PRICE
      );
    },
  },
];
