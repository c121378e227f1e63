import { randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { DdbrError } from "../errors.ts";
import { MOST_SEGMENTS } from "../segments.ts";
import type { StatePlace } from "./state-place.ts";

const KEY = "job.json";
const FORMAT = "ddbr-state";
const VERSION = 1;

/** What tells one run from another: tables' ARNs and creation times, options that change the outcome. JSON values. */
export type JobIdentity = Readonly<Record<string, unknown>>;

export interface WantedJob {
  /** The command's name. */
  command: string;
  /** How many segments the work is split into. */
  segments: number;
  identity: JobIdentity;
  /** What does not change the outcome, as whoever begins the job has it: how to reach things, rates. Any JSON. */
  settings?: unknown;
}

/** What the workers of one run have agreed on (docs/formats.md). */
export interface JobRecord extends WantedJob {
  format: typeof FORMAT;
  version: typeof VERSION;
  /** Random. */
  run: string;
  /** ISO 8601, UTC. */
  createdAt: string;
}

/**
 * Begins a job, or joins it where it has begun.
 * @throws DdbrError `exists` when the place holds the state of another job, or something else; `damaged`; `service-refused` when the server cannot
 * decide who of several creates an object
 */
export async function joinJob(
  place: StatePlace,
  wanted: WantedJob,
  signal?: AbortSignal,
): Promise<JobRecord> {
  const found = (await readJob(place, signal)) ?? (await beginJob(place, wanted, signal));
  refuseOther(place, found, wanted);
  return found;
}

/** The job that has begun there; undefined where none has. @throws DdbrError `damaged`, `exists` for a later version's */
export async function readJob(place: StatePlace, signal?: AbortSignal): Promise<JobRecord | undefined> {
  const body = await place.get(KEY, signal);
  return body === undefined ? undefined : parseJob(place, body.toString());
}

async function beginJob(place: StatePlace, wanted: WantedJob, signal?: AbortSignal): Promise<JobRecord> {
  const { command, segments, identity, settings } = wanted;
  const job = { format: FORMAT, version: VERSION, command, segments, identity, settings };
  const bodyOf = () => {
    const record = { ...job, run: randomUUID(), createdAt: new Date().toISOString() };
    return Buffer.from(`${JSON.stringify(record, undefined, 1)}\n`);
  };
  await refuseOccupied(place, signal);
  if (await place.putNew(KEY, bodyOf(), signal)) await refuseUnconditional(place, bodyOf(), signal);
  const begun = await readJob(place, signal);
  if (begun !== undefined) return begun;
  throw new DdbrError("no-such-object", "was deleted while it was being made", { subject: keyIn(place) });
}

/** What may be there before a job begins: who makes its table, and earlier workers' heartbeats. */
const BEFORE = /^(table\.json$|pace\/)/;

/** Segments that another job has left would pass for done; and what is not a state at all is not to be written into. */
async function refuseOccupied(place: StatePlace, signal?: AbortSignal): Promise<void> {
  for await (const keys of place.list("", signal)) {
    const other = keys.find((key) => !BEFORE.test(key));
    if (other === undefined) continue;
    // Others may have begun it just now.
    if ((await place.get(KEY, signal)) !== undefined) return;
    throw new DdbrError("exists", `holds something else already: ${JSON.stringify(other)}`, {
      subject: place.location.text,
      hint: "name a folder for the state that is empty, or not there yet",
    });
  }
}

/** There are servers that take no notice of a condition: on them every worker would believe that a segment is its own. */
async function refuseUnconditional(place: StatePlace, body: Buffer, signal?: AbortSignal): Promise<void> {
  if (!(await place.putNew(KEY, body, signal))) return;
  await place.delete(KEY, signal);
  throw new DdbrError("service-refused", "the server overwrites an object in spite of If-None-Match: *", {
    subject: place.location.text,
    hint: "keep the state in a bucket without versions, on a server that knows conditional writes, or in a directory that all workers share",
  });
}

function parseJob(place: StatePlace, text: string): JobRecord {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  if (isJob(value)) return value;
  const { format, version } = (value ?? {}) as Partial<Record<"format" | "version", unknown>>;
  if (format === FORMAT && typeof version === "number" && version > VERSION) {
    throw new DdbrError("exists", "the state is of a later version of this program", {
      subject: keyIn(place),
      hint: "use that version, or another place",
    });
  }
  throw new DdbrError("damaged", "is no state of a job", {
    subject: keyIn(place),
    hint: "name another place for the state, or remove what is there",
  });
}

function isJob(value: unknown): value is JobRecord {
  if (typeof value !== "object" || value === null) return false;
  const { format, version, command, segments, identity, settings, run, createdAt } =
    value as Partial<JobRecord>;
  return (
    format === FORMAT &&
    version === VERSION &&
    [command, run, createdAt].every((text) => typeof text === "string") &&
    Number.isSafeInteger(segments) &&
    Number(segments) > 0 &&
    Number(segments) <= MOST_SEGMENTS &&
    typeof identity === "object" &&
    identity !== null &&
    (settings === undefined || (typeof settings === "object" && settings !== null))
  );
}

function refuseOther(place: StatePlace, found: JobRecord, wanted: WantedJob): void {
  const facts = ({ command, segments, identity }: WantedJob) =>
    // As JSON leaves them: members that are undefined are none.
    JSON.parse(JSON.stringify({ command, segments, ...identity })) as Record<string, unknown>;
  if (found.command !== wanted.command) {
    throw new DdbrError("exists", `the state is of a run of ${JSON.stringify(found.command)}`, {
      subject: place.location.text,
      hint: "name another place for the state",
    });
  }
  const [theirs, ours] = [facts(found), facts(wanted)];
  const names = [...new Set([...Object.keys(theirs), ...Object.keys(ours)])];
  const differing = names.filter((name) => !isDeepStrictEqual(theirs[name], ours[name]));
  if (differing.length === 0) return;
  const told = differing.map((name) => `${name} is ${shown(theirs[name])}, here ${shown(ours[name])}`);
  throw new DdbrError("exists", `the state is of another run: ${told.join("; ")}`, {
    subject: place.location.text,
    hint: "name another place for the state, or the same tables and options as that run",
  });
}

function shown(value: unknown): string {
  return value === undefined ? "not given" : JSON.stringify(value);
}

function keyIn(place: StatePlace): string {
  return `${place.location.text}/${KEY}`;
}
