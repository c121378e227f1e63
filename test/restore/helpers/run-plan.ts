import type { ChangeKind } from "../../../src/core/restore/change.ts";
import type { RestorePlan, RestoreSummary } from "../../../src/core/restore/restore-events.ts";
import { DDBR } from "../../helpers/cli.ts";
import { programEnvironment } from "../../helpers/program-environment.ts";

/** A line of `--json`. */
export type JsonEvent = { event: string } & Record<string, unknown>;

export interface PlanRun {
  /** Undefined: it was killed. */
  code: number | undefined;
  events: JsonEvent[];
  /** What it told at its end, where it came to that. */
  summary: RestoreSummary | undefined;
  /** All that it printed, for messages of tests. */
  output: string;
}

export interface PlanOptions {
  cwd?: string;
  timeoutMs?: number;
  /** Is handed what kills the program, at once unless another signal is given. */
  started?(kill: (signal?: NodeJS.Signals) => void): void;
  /** Sees each event as it comes. */
  on?(event: JsonEvent): void;
}

/** Runs a command of the binary that writes by a plan, with `--json` and, unless it is a dry run, `--yes`. */
export async function runPlan(words: string[], options: PlanOptions = {}): Promise<PlanRun> {
  const { cwd = process.cwd(), timeoutMs = 60_000, started, on } = options;
  const dry = words.includes("--dry-run") ? [] : ["--yes"];
  const child = Bun.spawn([DDBR, ...words, ...dry, "--json"], {
    cwd,
    env: programEnvironment(),
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    child.kill("SIGKILL");
  }, timeoutMs);
  started?.((signal = "SIGKILL") => child.kill(signal));
  const events: JsonEvent[] = [];
  const [stdout, stderr] = await Promise.all([
    eachLine(child.stdout, (line) => {
      const event = JSON.parse(line) as JsonEvent;
      events.push(event);
      on?.(event);
    }),
    child.stderr.text(),
  ]);
  await child.exited;
  clearTimeout(timer);
  const output = `${stdout.slice(-4_000)}\n${stderr}`;
  if (isLate) throw new Error(`ddbr ${words.join(" ")} did not end in ${timeoutMs} ms:\n${output}`);
  const last = events.at(-1);
  return {
    code: child.signalCode === "SIGKILL" ? undefined : child.exitCode!,
    events,
    summary: last?.event === "finished" ? (last as unknown as RestoreSummary) : undefined,
    output,
  };
}

async function eachLine(stream: ReadableStream<Uint8Array>, take: (line: string) => void): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let rest = "";
  for await (const bytes of stream) {
    const more = decoder.decode(bytes, { stream: true });
    text += more;
    rest += more;
    const lines = rest.split("\n");
    rest = lines.pop()!;
    for (const line of lines) take(line);
  }
  return text;
}

/** Runs it again and again, going on with what is there, until one run is not killed. */
export async function killedUntilDone(
  words: string[],
  nextRun: (run: number) => Pick<PlanOptions, "started" | "timeoutMs">,
): Promise<{ last: PlanRun; kills: number }> {
  for (let kills = 0; ; kills++) {
    const last = await runPlan(kills === 0 ? words : [...words, "--resume"], nextRun(kills));
    if (last.code !== undefined) return { last, kills };
  }
}

/** What was written by all runs together, as the last one tells it. */
export function allWritten({ totals: { written, before } }: RestoreSummary): Record<ChangeKind, number> {
  return {
    create: written.create + before.create,
    replace: written.replace + before.replace,
    delete: written.delete + before.delete,
  };
}

export function plannedItems({ changes }: RestorePlan): Record<ChangeKind, number> {
  const { create, replace, delete: deleted } = changes;
  return { create: create.items, replace: replace.items, delete: deleted.items };
}

export function plannedUnits({ changes }: RestorePlan): number {
  return Object.values(changes).reduce((sum, { writeUnits }) => sum + writeUnits, 0);
}
