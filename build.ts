/**
 * Builds the standalone binary.
 *
 *   bun build.ts                                   ./ddbr for this platform
 *   bun build.ts --target linux-arm64 --target …   dist/ddbr-<target>
 *   bun build.ts --target all                      dist/ddbr-<target> for every target
 */
import { parseArgs } from "node:util";
import { buildBinary } from "./scripts/build/binary.ts";
import { outfileOf, parseTargets, runtimeOf } from "./scripts/build/targets.ts";

const HOST = { outfile: process.platform === "win32" ? "ddbr.exe" : "ddbr" };

function parseCommandLine() {
  const { values } = parseArgs({ options: { target: { type: "string", multiple: true } } });
  if (!values.target) return [HOST];
  return parseTargets(values.target).map((target) => ({
    outfile: outfileOf(target),
    runtime: runtimeOf(target),
  }));
}

try {
  for (const binary of parseCommandLine()) {
    const start = performance.now();
    await buildBinary(binary);
    const megabytes = Bun.file(binary.outfile).size / 1e6;
    console.log(`${binary.outfile}  ${megabytes.toFixed(0)} MB  ${Math.round(performance.now() - start)} ms`);
  }
} catch (error) {
  const problems = error instanceof AggregateError ? error.errors : [error];
  for (const problem of problems) console.error(`build.ts: ${problem.message}`);
  process.exitCode = 2;
}
