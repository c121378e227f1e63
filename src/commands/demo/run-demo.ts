import { once } from "node:events";
import { DEMO_PRIMARY, DEMO_REPLICA, demoTables } from "../../core/demo/demo-data.ts";
import { type EmbeddedDynamo, startEmbeddedDynamo } from "../../core/demo/embedded-server.ts";
import { EXIT } from "../../core/errors.ts";
import { type DiffRequest, parseDiffRequest } from "../diff/diff-request.ts";
import { runDiffTables } from "../diff/run-diff-tables.ts";
import { ask, canAsk } from "../output/ask.ts";
import { formatCount } from "../output/figures.ts";
import type { OutputMode } from "../output/mode.ts";
import { stopSignals } from "../output/stop-signals.ts";

export interface DemoOptions {
  mode: OutputMode;
  repair: boolean;
  serve: boolean;
  port: number | undefined;
}

const SEED = 20_261_123;

/** Nothing is on its way between these tables, so there is little to wait for. */
const SETTLE_SECONDS = 0.5;

/** Compares the demo's tables, repairs, compares again; serves them afterwards if asked to. Returns the exit code. */
export async function runDemo(options: DemoOptions): Promise<number> {
  const server = await startEmbeddedDynamo(options.port === undefined ? {} : { port: options.port });
  try {
    await load(server);
    say(`tables ${DEMO_PRIMARY} and ${DEMO_REPLICA} at ${server.endpoint}`);
    const code = await compareAndRepair(server.endpoint, options);
    if (options.serve && code !== EXIT.interrupted) await serve(server.endpoint);
    return code;
  } finally {
    await server.stop();
  }
}

async function load(server: EmbeddedDynamo): Promise<void> {
  const { counts } = demoTables(SEED);
  say(`filling two tables with ${formatCount(counts.primary + counts.replica)} items, in memory …`);
  await server.loadDemo({ seed: SEED });
}

async function compareAndRepair(endpoint: string, { mode, repair }: DemoOptions): Promise<number> {
  const run = (diffMode: DiffRequest["mode"]) =>
    runDiffTables({ ...demoRequest(endpoint), mode: diffMode }, mode, {
      yes: true,
      canRepair: repair,
    });
  say("comparing");
  const found = await run("check");
  // At the dashboard the repair may have been done already: then nothing remained.
  if (found === EXIT.discrepancies) {
    if (!repair) return found;
    if (mode === "dashboard" && canAsk() && !(await ask([], "Repair the replica now?"))) return found;
    say("repairing");
    const repaired = await run("repair");
    if (repaired !== EXIT.ok) return repaired;
  } else if (found !== EXIT.ok) {
    return found;
  }
  say("comparing again");
  return run("check");
}

function demoRequest(endpoint: string): DiffRequest {
  const request = parseDiffRequest({
    primary: `${endpoint}/${DEMO_PRIMARY}`,
    replica: `${endpoint}/${DEMO_REPLICA}`,
    repair: false,
    backfill: false,
    dryRun: false,
    globalTableAttributes: false,
    consistent: false,
    settle: String(SETTLE_SECONDS),
  });
  return { ...request, primaryAccess: { anyone: true }, replicaAccess: { anyone: true } };
}

async function serve(endpoint: string): Promise<void> {
  const server = endpoint.replace("http://", "");
  say(`serving at ${endpoint} until Ctrl-C; in a second terminal try:`);
  say(`  ddbr diff-tables ${server}/${DEMO_PRIMARY} ${server}/${DEMO_REPLICA}`);
  using stop = stopSignals();
  // A timer keeps the process up while nothing else happens.
  const alive = setInterval(() => {}, 60_000);
  await once(stop.signal, "abort");
  clearInterval(alive);
}

/** To stderr, so that stdout holds the comparison's output alone. */
function say(text: string): void {
  process.stderr.write(`ddbr demo: ${text}\n`);
}
