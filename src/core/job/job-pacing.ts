import { heartbeatFolder } from "../pacing/heartbeat-folder.ts";
import { type JoinedRun, type JoinOptions, joinRun } from "../pacing/join-run.ts";
import type { RunLimits, RunPacing } from "../pacing/run-pacing.ts";
import type { RunLimit } from "../pacing/worker-pacing.ts";
import type { StatePlace } from "../state/state-place.ts";
import { type TablePaces, UNPACED } from "../table/pace.ts";

export interface JobPacingOptions extends RunLimits, Pick<JoinOptions, "signal" | "time"> {
  place: StatePlace;
  /** Its name. No two that are alive have the same; one that takes another's place may take its name. */
  worker: string;
}

export interface JobPacing extends RunPacing, AsyncDisposable {
  /** Tells the others that this worker is done, when nothing is under way any more. Where that fails it is taken for gone. */
  [Symbol.asyncDispose](): Promise<void>;
}

const KINDS = ["read", "write"] as const;

/**
 * One worker's part in what a job may consume. Where there is neither a limit nor a budget nothing is shared, nor written to the
 * place. Otherwise it takes some seconds until anything is let through, for the others to know of it.
 * @throws DdbrError as the place
 */
export async function joinJobPacing({
  place,
  worker,
  limits,
  budget,
  prices,
  ...options
}: JobPacingOptions): Promise<JobPacing> {
  const shared = sharedLimits({ limits, budget, prices });
  if (Object.keys(shared).length === 0) return NOT_PACED;
  const run = await joinRun({
    ...options,
    place: heartbeatFolder(place),
    worker: heartbeatWorker(worker),
    limits: shared,
    budget,
  });
  const paces = new Map(Object.keys(limits).map((table) => [table, tablePaces(run, shared, table)]));
  return {
    paces: (table) => paces.get(table)!,
    spent: run.ending,
    [Symbol.asyncDispose]: () => run.leave().catch(() => {}),
  };
}

const NOT_PACED: JobPacing = {
  paces: () => ({ read: UNPACED, write: UNPACED }),
  spent: new AbortController().signal,
  [Symbol.asyncDispose]: async () => {},
};

/** What the workers tell each other of: each rate that is limited, and where there is a budget whatever costs something. */
function sharedLimits({ limits, budget, prices }: RunLimits): Record<string, RunLimit> {
  const all = Object.entries(limits).flatMap(([table, units]) =>
    KINDS.map((kind) => ({ name: limitName(table, kind), limit: units[kind], price: prices[kind] })),
  );
  return Object.fromEntries(
    all
      .filter(({ limit }) => limit !== undefined || budget !== undefined)
      .map(({ name, limit = Number.POSITIVE_INFINITY, price }) => [name, { limit, price }]),
  );
}

function tablePaces(run: JoinedRun, shared: Record<string, RunLimit>, table: string): TablePaces {
  const [read, write] = KINDS.map((kind) => {
    const name = limitName(table, kind);
    return name in shared ? run.pace(name) : UNPACED;
  });
  return { read: read!, write: write! };
}

function limitName(table: string, kind: (typeof KINDS)[number]): string {
  return `${table}-${kind}`;
}

const LONGEST_NAME = 48;

/** As the name of a heartbeat can hold it. What tells two workers of a machine apart stands at the end. */
function heartbeatWorker(worker: string): string {
  return worker
    .toLowerCase()
    .replace(/[^a-z0-9-]/g, "-")
    .slice(-LONGEST_NAME);
}
