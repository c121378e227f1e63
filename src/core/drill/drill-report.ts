import { type DrillResult, recoveryTime } from "./drill-result.ts";

/** What is kept of a drill (docs/formats.md): plain data, times as ISO 8601, durations in milliseconds. */
export function drillReport(result: DrillResult): object {
  const { facts, restored, differences, failure, phases, end, checks } = result;
  const asOf = facts?.asOf ?? result.at;
  const recoveryTimeMs = recoveryTime(result);
  return {
    format: "ddbr-drill",
    version: 1,
    ddbr: result.version,
    jobId: result.jobId,
    outcome: result.outcome,
    ...(failure === undefined ? {} : { failure }),
    startedAt: result.startedAt.toISOString(),
    finishedAt: result.finishedAt.toISOString(),
    source: {
      name: result.source,
      ...(facts === undefined ? {} : { kind: facts.kind }),
      ...(facts?.table === undefined ? {} : { table: facts.table }),
    },
    ...(result.against === undefined ? {} : { against: result.against }),
    scratch: {
      table: result.scratch,
      local: result.local,
      made: end.made,
      ...(end.arn === undefined ? {} : { arn: end.arn }),
      removed: end.removed,
      ...(end.problem === undefined ? {} : { problem: end.problem }),
    },
    checks,
    ...(restored === undefined ? {} : { restored }),
    ...(differences === undefined ? {} : { differences }),
    ...(asOf === undefined
      ? {}
      : {
          recoveryPoint: {
            asOf: new Date(asOf).toISOString(),
            ageMs: result.startedAt.getTime() - asOf,
          },
        }),
    ...(recoveryTimeMs === undefined ? {} : { recoveryTimeMs }),
    phasesMs: phases,
    cost: result.cost,
  };
}
