import { join } from "node:path";
import { startEmbeddedDynamo } from "../../core/demo/embedded-server.ts";
import { drill, unopenedDrill } from "../../core/drill/drill.ts";
import { showsUnrestorable } from "../../core/drill/drill-outcome.ts";
import { drillReport } from "../../core/drill/drill-report.ts";
import type { DrillResult, DrillSetting } from "../../core/drill/drill-result.ts";
import { ScratchTable } from "../../core/drill/scratch-table.ts";
import { EXIT } from "../../core/errors.ts";
import { escapeForTerminal } from "../../core/escape.ts";
import { safeJson } from "../../core/item/human.ts";
import type { TableLocation } from "../../core/location.ts";
import { temporaryDirectory } from "../demo/temporary-directory.ts";
import { type OutFile, openOutFile } from "../fingerprint/out-file.ts";
import type { OutputMode } from "../output/mode.ts";
import { stoppable } from "../output/stop-signals.ts";
import { showRestore } from "../restore/show-restore.ts";
import { VERSION } from "../version.ts";
import { drillPage } from "./drill-page.ts";
import { type DrillRequest, localLocation } from "./drill-request.ts";
import { closeDrill, isMissing, type OpenedDrill, openDrill } from "./open-drill.ts";
import { drillSummaryLines } from "./summary-text.ts";

/** `ddbr drill`, its words understood; returns the exit code. */
export async function runDrill(request: DrillRequest, mode: OutputMode): Promise<number> {
  const files = outFiles(request);
  if (request.scratch !== undefined) return await runAt(request, request.scratch, files, mode);
  const server = await startEmbeddedDynamo();
  try {
    return await runAt(request, localLocation(server.endpoint, request.jobId), files, mode);
  } finally {
    await server.stop();
  }
}

interface OutFiles {
  report: OutFile | undefined;
  page: OutFile | undefined;
}

async function runAt(
  request: DrillRequest,
  scratch: TableLocation,
  files: OutFiles,
  mode: OutputMode,
): Promise<number> {
  const setting: DrillSetting = {
    version: VERSION,
    jobId: request.jobId,
    source: request.place.text,
    at: request.at,
    scratch: scratch.text,
    local: request.scratch === undefined,
    against: request.against?.text,
  };
  const result = await resultOf(request, setting, scratch, mode);
  files.report?.replace(`${JSON.stringify(drillReport(result), null, 1)}\n`);
  files.page?.replace(drillPage(result));
  if (mode === "json") {
    const event = { event: "drill", time: new Date().toISOString(), ...drillReport(result) };
    process.stdout.write(`${safeJson(event)}\n`);
  } else {
    process.stdout.write(`${drillSummaryLines(result).map(escapeForTerminal).join("\n")}\n`);
  }
  return exitCode(result);
}

async function resultOf(
  request: DrillRequest,
  setting: DrillSetting,
  scratch: TableLocation,
  mode: OutputMode,
): Promise<DrillResult> {
  let opened: OpenedDrill;
  try {
    opened = await stoppable((signal) => openDrill(request, signal));
  } catch (error) {
    if (isMissing(error, request) || !showsUnrestorable(error)) throw error;
    return unopenedDrill(setting, error, request.prices);
  }
  try {
    return await runOpened(request, setting, scratch, opened, mode);
  } finally {
    closeDrill(opened);
  }
}

async function runOpened(
  request: DrillRequest,
  setting: DrillSetting,
  location: TableLocation,
  { source, against }: OpenedDrill,
  mode: OutputMode,
): Promise<DrillResult> {
  const { tableOptions, maxWriteUnits, concurrency, prices, jobId } = request;
  const patienceMs = tableOptions.patienceMs ?? 0;
  const scratch = new ScratchTable({
    ...tableOptions,
    ...(setting.local ? { access: { anyone: true } } : {}),
    maxWriteUnits,
    location,
    schema: source.schema,
  });
  using folder = temporaryDirectory("ddbr-drill-");
  using _ = tellWhatStays(scratch, setting);
  let result: DrillResult | undefined;
  await showRestore({
    command: "drill",
    mode,
    yes: true,
    writePrice: prices.write,
    table: setting.scratch,
    facts: [],
    async run(controls) {
      const ended = await drill({
        ...controls,
        setting,
        source,
        scratch,
        against,
        concurrency,
        prices,
        planFile: join(folder.path, `${jobId}.ndjson`),
        patienceMs,
      });
      result = ended.result;
      return ended.restore;
    },
  });
  return result!;
}

/** Ctrl-C told twice ends the program at once: then somebody has to know what it leaves. */
function tellWhatStays(scratch: ScratchTable, { local, scratch: name }: DrillSetting): Disposable {
  const tell = () => {
    if (local || !scratch.mayBeThere) return;
    process.stderr.write(
      `ddbr: the scratch table ${escapeForTerminal(name)} may still be there: delete it\n`,
    );
  };
  process.once("exit", tell);
  return { [Symbol.dispose]: () => process.off("exit", tell) };
}

function outFiles({ reportFile, page }: DrillRequest): OutFiles {
  return {
    report: reportFile === undefined ? undefined : openOutFile(reportFile),
    page: page === undefined ? undefined : openOutFile(page),
  };
}

function exitCode({ outcome, end }: DrillResult): number {
  // What stays costs money, and nobody reads the summary of a nightly run that went well.
  if (outcome === "proved" && !end.removed) return EXIT.failure;
  const codes = {
    proved: EXIT.ok,
    "not-proved": EXIT.discrepancies,
    incomplete: EXIT.failure,
    interrupted: EXIT.interrupted,
  };
  return codes[outcome];
}
