import { segmentsForSize } from "../segments.ts";
import { backupWork } from "./backup-work.ts";
import { allBounds, type Bound, boundsOf, partitionsOf, secondsOf } from "./bounds.ts";
import { merged, requestCost, unitCost } from "./charges.ts";
import { diffWork } from "./diff-work.ts";
import { ENGINES, type Engine, type EngineName } from "./engines.ts";
import { folderWork } from "./folder-work.ts";
import { type Limit, limitsOf } from "./limits.ts";
import { type Costs, MEASURED, S3_PRICES } from "./parameters.ts";
import type { EstimatedCommand, Question } from "./question.ts";
import { restoreWork } from "./restore-work.ts";
import { stateParts } from "./state-parts.ts";
import type { Part, Phase, Shares, WorkOptions } from "./work.ts";

/** What a run takes on one engine. */
export interface EngineEstimate {
  engine: EngineName;
  segments: number;
  workers: number;
  /** Segments done at the same time, by all workers. */
  lanes: number;
  /** Requests by where they go, beside those of the engine itself. */
  parts: Part[];
  seconds: number;
  /** What takes how long; the longest first. */
  bounds: Bound[];
  limits: Limit[];
  /** Dollars. */
  cost: { units: number; requests: number; engine: number };
}

export interface Estimate {
  command: EstimatedCommand;
  partitions: number;
  /** Dollars a month for what a backup leaves on S3. */
  storing: number | undefined;
  engines: EngineEstimate[];
}

const WORK: Record<EstimatedCommand, (options: WorkOptions) => Phase[]> = {
  "diff-tables": diffWork,
  "backup-table": backupWork,
  "incremental-diff": folderWork,
  "restore-table": restoreWork,
};

/** What a command takes on each engine; pure. @param costs measured elsewhere than on the machine that the parameters are of */
export function estimate(question: Question, costs: Costs = MEASURED): Estimate {
  const { command, table, storedRatio, onS3 } = question;
  const stored = (table.items * table.itemBytes * storedRatio) / 1000 ** 3;
  return {
    command,
    partitions: question.partitions ?? partitionsOf(table),
    storing: command === "backup-table" && onS3 ? stored * S3_PRICES.gbMonth : undefined,
    engines: ENGINES.map((engine) => estimateOn(engine, question, costs)),
  };
}

function estimateOn(engine: Engine, question: Question, costs: Costs): EngineEstimate {
  const { table, replica } = question;
  const bytes = Math.max(table.items * table.itemBytes, replica.items * replica.itemBytes);
  const segments = question.segments ?? segmentsForSize(bytes);
  const most = Math.min(engine.mostWorkers, segments);
  const workers = question.workers ?? (most === 1 ? 1 : roomFor(engine, question, costs, segments));
  return runOn(engine, question, costs, { segments, workers: Math.min(workers, most) });
}

/** More workers than this would wait for the table, and cost. */
function roomFor(engine: Engine, question: Question, costs: Costs, segments: number): number {
  const { bounds } = runOn(engine, question, costs, { segments, workers: 1 });
  const work = bounds.filter(({ kind }) => kind !== "begun");
  const ofRates = secondsOf(work.filter(({ allowed }) => allowed !== undefined));
  const ofOneWorker = secondsOf(work.filter(({ allowed }) => allowed === undefined));
  return ofRates === 0 ? engine.mostWorkers : Math.max(1, Math.ceil(ofOneWorker / ofRates));
}

function runOn(
  engine: Engine,
  question: Question,
  costs: Costs,
  { segments, workers }: { segments: number; workers: number },
): EngineEstimate {
  const { renewalSeconds } = engine;
  const lanes = Math.min(workers * engine.lanesOf(question), segments);
  const shares: Shares = { processes: workers, segments, lanes, state: renewalSeconds !== undefined };
  const phases = WORK[question.command]({ question, shares, costs });
  const bounded = phases.map((phase) => boundsOf(phase, question, { processes: workers, cpus: engine.cpus }));
  const start = engine.startOf(costs);
  const beginning = engine.begins({ workers, segments }) / engine.begunASecond;
  const working = bounded.reduce((sum, bounds) => sum + secondsOf(bounds), 0);
  const seconds = start + Math.max(working, beginning);
  const run = { seconds, workers, segments };
  const parts = phases.flatMap((phase) => phase.parts);
  if (renewalSeconds !== undefined) parts.push(...stateParts(question, { ...run, lanes }, renewalSeconds));
  const total = (cost: (part: Part) => number) => parts.reduce((sum, part) => sum + cost(part), 0);
  return {
    engine: engine.name,
    segments,
    workers,
    lanes,
    parts: merged(parts),
    seconds,
    bounds: allBounds([...bounded, [{ kind: "begun", seconds: start + beginning }]]),
    limits: limitsOf(engine.name, run),
    cost: {
      units: total((part) => unitCost(part, question)),
      requests: total(requestCost),
      engine: engine.charge(run),
    },
  };
}
