/**
 * Builds the Lambda functions (dist/lambda.zip) and the standalone binary, which carries them.
 *
 *   bun build.ts                                   ./ddbr for this platform
 *   bun build.ts --target linux-arm64 --target …   dist/ddbr-<target>
 *   bun build.ts --target all                      dist/ddbr-<target> for every target
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Build } from "bun";
import { buildBinary, LAMBDA_ZIP } from "./scripts/build/binary.ts";
import { buildLambda } from "./scripts/build/lambda-bundle.ts";
import { outfileOf, parseTargets, runtimeOf, TARGETS } from "./scripts/build/targets.ts";

const HOST = { outfile: process.platform === "win32" ? "ddbr.exe" : "ddbr" };

const USAGE = `use bun build.ts, or bun build.ts --target with one of ${TARGETS.join(", ")}, all`;

interface Binary {
  outfile: string;
  runtime?: Build.CompileTarget;
}

function parseCommandLine(): Binary[] {
  const { values } = parseArgs({ options: { target: { type: "string", multiple: true } } });
  if (!values.target) return [HOST];
  return parseTargets(values.target).map((target) => ({
    outfile: outfileOf(target),
    runtime: runtimeOf(target),
  }));
}

async function build(binaries: Binary[]): Promise<void> {
  if (binaries.length === 0) return;
  await timed("dist/lambda.zip", () => buildLambda(LAMBDA_ZIP));
  for (const binary of binaries) await timed(binary.outfile, () => buildBinary(binary));
}

async function timed(outfile: string, work: () => Promise<void>): Promise<void> {
  const start = performance.now();
  await work();
  const megabytes = Bun.file(join(import.meta.dir, outfile)).size / 1e6;
  const size = megabytes.toFixed(megabytes < 10 ? 1 : 0);
  console.log(`${outfile}  ${size} MB  ${Math.round(performance.now() - start)} ms`);
}

function fail(problems: Error[], hint = ""): void {
  for (const { message } of problems) console.error(`build.ts: ${message}${hint}`);
  process.exitCode = 2;
}

let binaries: Binary[] = [];
try {
  binaries = parseCommandLine();
} catch (error) {
  fail([error as Error], ` - ${USAGE}`);
}
await build(binaries).catch((error) => fail(error instanceof AggregateError ? error.errors : [error]));
