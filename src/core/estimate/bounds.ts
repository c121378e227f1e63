import { FEWEST_PARTITIONS, PARTITION, PREFIX_RATE, TABLE_QUOTA } from "./parameters.ts";
import type { Question, TableSize } from "./question.ts";
import type { End, Part, Phase } from "./work.ts";

/**
 * What a run takes time for. `cpu`: the processors · `answers`: requests that are waited for · `begun`: segments that an engine begins
 * · the others: rates that DynamoDB or S3 allow
 */
export type BoundKind = "cpu" | "answers" | "begun" | "read-units" | "write-units" | "s3-reads" | "s3-writes";

export interface Bound {
  kind: BoundKind;
  end?: End;
  /** How long the run would take if there were nothing else. */
  seconds: number;
  /** Units or requests a second that are allowed, and by what. */
  allowed?: { rate: number; by: RateBound };
}

/** - `limit`: the run's own · `quota`: of a table · `partitions`: as many as the table has · `prefix`: of S3 */
export type RateBound = "limit" | "quota" | "partitions" | "prefix";

/** How many partitions a table of this size has at least, that is paid by request. */
export function partitionsOf({ items, itemBytes }: TableSize): number {
  return Math.max(FEWEST_PARTITIONS, Math.ceil((items * itemBytes) / PARTITION.bytes));
}

type Units = "readUnits" | "writeUnits";

/** Units a second that a table takes. */
export function unitsAllowed(question: Question, end: End, units: Units): { rate: number; by: RateBound } {
  const size = end === "replica" ? question.replica : question.table;
  const partitions = question.partitions ?? partitionsOf(size);
  const limit = units === "readUnits" ? question.maxReadUnits : question.maxWriteUnits;
  const byPartitions = { rate: partitions * PARTITION[units], by: "partitions" } as const;
  // Who wants a higher limit than the quota has a higher quota.
  const wanted =
    limit === undefined
      ? ({ rate: TABLE_QUOTA[units], by: "quota" } as const)
      : ({ rate: limit, by: "limit" } as const);
  return byPartitions.rate < wanted.rate ? byPartitions : wanted;
}

/** What bounds a phase, each by itself. */
export function boundsOf(
  phase: Phase,
  question: Question,
  { processes, cpus }: { processes: number; cpus: number },
): Bound[] {
  const { parts, waitMs, lanes, cpu } = phase;
  const threads = cpu.thread / processes;
  const processors = (cpu.thread + cpu.beside) / processes / cpus;
  return [
    { kind: "cpu", seconds: Math.max(threads, processors) / 1_000_000 },
    // A lane does one after the other: it waits, and then there is something to do.
    { kind: "answers", seconds: (waitMs / 1000 + cpu.thread / 1_000_000) / lanes },
    ...(["readUnits", "writeUnits"] as const).flatMap((units) => unitBounds(parts, question, units)),
    ...(["put", "get"] as const).flatMap((charged) => prefixBound(parts, charged)),
  ];
}

function unitBounds(parts: readonly Part[], question: Question, units: Units): Bound[] {
  const ends = Map.groupBy(
    parts.filter((part) => part[units].likely > 0),
    ({ end }) => end,
  );
  return [...ends].map(([end, some]) => {
    const allowed = unitsAllowed(question, end, units);
    const sum = some.reduce((total, part) => total + part[units].likely, 0);
    return {
      kind: units === "readUnits" ? "read-units" : "write-units",
      end,
      seconds: sum / allowed.rate,
      allowed,
    };
  });
}

function prefixBound(parts: readonly Part[], charged: "put" | "get"): Bound[] {
  const requests = parts
    .filter((part) => part.end === "backup" && part.charged === charged && part.operation !== "LIST")
    .reduce((sum, part) => sum + part.requests.likely, 0);
  if (requests === 0) return [];
  const rate = PREFIX_RATE[charged];
  const kind = charged === "put" ? "s3-writes" : "s3-reads";
  return [{ kind, end: "backup", seconds: requests / rate, allowed: { rate, by: "prefix" } }];
}

/** Of phases that come one after the other: each kind's times added up, the longest first. */
export function allBounds(phases: readonly (readonly Bound[])[]): Bound[] {
  const sums = new Map<string, Bound>();
  for (const bound of phases.flat()) {
    const key = `${bound.kind} ${bound.end ?? ""}`;
    const sum = sums.get(key);
    sums.set(key, sum === undefined ? bound : { ...sum, seconds: sum.seconds + bound.seconds });
  }
  return [...sums.values()].filter(({ seconds }) => seconds > 0).sort((a, b) => b.seconds - a.seconds);
}

/** The longest time of a phase: all else goes on at the same time. */
export function secondsOf(bounds: readonly Bound[]): number {
  return Math.max(0, ...bounds.map(({ seconds }) => seconds));
}
