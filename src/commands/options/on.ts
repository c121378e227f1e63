import type { AwsPlace } from "../../core/deploy/aws-place.ts";
import { DdbrError } from "../../core/errors.ts";
import type { TableLocation } from "../../core/location.ts";
import type { StoreLocation } from "../../core/store/store-location.ts";
import { accessOption } from "./access.ts";
import type { JobWords } from "./job.ts";
import { numberOption } from "./numbers.ts";
import { type SegmentWords, segmentSource } from "./segment.ts";
import type { StoreWords } from "./store-access.ts";

export interface OnWords {
  on?: string | undefined;
  join?: string | undefined;
  tolerate?: string | undefined;
  onProfile?: string | undefined;
  concurrency?: string | undefined;
}

/** How a run is handed to a runner. */
export interface OnTerms {
  stack: string;
  place: AwsPlace;
  /** The name of a run that has begun already. */
  join: string | undefined;
  /** Segments at the same time. */
  concurrency: number;
  toleratedFailurePercentage: number;
}

const STACK = /^(?:([a-z]{2,}(?:-[a-z]+)+-\d+)\/)?([a-zA-Z][a-zA-Z0-9-]{0,127})$/;
const RUN = /^[a-zA-Z0-9][a-zA-Z0-9_-]{0,69}$/;

/** An account may run a thousand functions at a time, a new one fewer, and they are not for one run alone. */
const CONCURRENCY = 100;
/** Of a distributed map. */
const MOST_AT_ONCE = 10_000;
const TOLERATED_PERCENT = 10;

/** Undefined without `--on`. @throws DdbrError `usage` */
export function onOptions(words: OnWords): OnTerms | undefined {
  const { on, join, onProfile } = words;
  if (on === undefined) {
    refuseStray(words);
    return undefined;
  }
  const [, region, stack] = STACK.exec(on) ?? [];
  if (stack === undefined) {
    throw wrong(
      `--on is ${JSON.stringify(on)}, no stack's name`,
      "it looks like ddbr-runner, or eu-west-1/ddbr-runner",
    );
  }
  if (join !== undefined && !RUN.test(join)) {
    throw wrong(`--join is ${JSON.stringify(join)}, no run's name`, "it is told when a run is begun");
  }
  const whole = { min: 1, max: MOST_AT_ONCE, integer: true };
  return {
    stack,
    place: { region, access: accessOption("--on-", onProfile, undefined, undefined) },
    join,
    concurrency: numberOption("--concurrency", words.concurrency, whole) ?? CONCURRENCY,
    toleratedFailurePercentage:
      numberOption("--tolerate", words.tolerate, { min: 0, max: 100 }) ?? TOLERATED_PERCENT,
  };
}

/** What a runner does otherwise, or cannot do. @throws DdbrError `usage` */
export function refuseWithOn(
  words: OnWords & JobWords & SegmentWords & Pick<StoreWords, "s3Endpoint">,
  contradicting: Readonly<Record<string, { given: boolean; hint: string }>>,
): void {
  if (words.on === undefined) return;
  const { state, lease, checkpoint, segment } = words;
  const all = {
    "--state": { given: state !== undefined, hint: "a runner keeps the state in a place of its own" },
    "--lease": { given: lease !== undefined, hint: "a runner has its own" },
    "--checkpoint": { given: checkpoint !== undefined, hint: "a runner saves every 30 seconds" },
    [segmentSource(words)]: { given: segment !== undefined, hint: "a runner does all segments" },
    "--s3-endpoint": { given: words.s3Endpoint !== undefined, hint: "a runner's functions reach S3 itself" },
    ...contradicting,
  };
  for (const [option, { given, hint }] of Object.entries(all)) {
    if (given) throw wrong(`${option} contradicts --on`, hint);
  }
}

/** Functions reach nothing but AWS. @throws DdbrError `usage` */
export function refuseOutOfReach(places: readonly (TableLocation | StoreLocation)[]): void {
  for (const place of places) {
    const isThere =
      "kind" in place ? place.kind === "s3" : place.region !== undefined && place.region !== "ddblocal";
    if (isThere) continue;
    throw wrong(
      `${JSON.stringify(place.text)} is out of a runner's reach`,
      "it works on region/table, a table's ARN and s3://bucket/prefix",
    );
  }
}

function refuseStray({ join, tolerate, onProfile }: OnWords): void {
  const given = Object.entries({ "--join": join, "--tolerate": tolerate, "--on-profile": onProfile });
  const stray = given.find(([, word]) => word !== undefined);
  if (stray !== undefined) throw wrong(`${stray[0]} needs --on`, "name the runner's stack");
}

function wrong(message: string, hint: string): DdbrError {
  return new DdbrError("usage", message, { hint });
}
