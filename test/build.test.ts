import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { version } from "../package.json";
import { buildBinary, LAMBDA_ZIP } from "../scripts/build/binary.ts";
import { buildLambda } from "../scripts/build/lambda-bundle.ts";
import { outfileOf, parseTargets, TARGETS } from "../scripts/build/targets.ts";
import { demoTables } from "../src/core/demo/demo-data.ts";
import { EXIT } from "../src/core/errors.ts";
import { runProgram } from "./helpers/cli.ts";

const ROOT = join(import.meta.dir, "..");
/** Of this process's own CPU time, whatever else runs: 15 ms are usual, with Ink or the SDK loaded it is more than this. */
const MOST_START_MS = 90;

let folder: string;
let binary: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "ddbr-build-"));
  binary = join(folder, "ddbr");
  if (!existsSync(LAMBDA_ZIP)) await buildLambda(LAMBDA_ZIP);
  await buildBinary({ outfile: binary });
}, 60_000);

afterAll(() => rm(folder, { recursive: true }));

test("the binary starts in tens of milliseconds", async () => {
  const times: number[] = [];
  for (let n = 0; n < 10; n++) {
    const { stdout, exitCode, resourceUsage } = Bun.spawnSync([binary, "--version"]);
    expect({ stdout: stdout.toString(), exitCode }).toEqual({ stdout: `${version}\n`, exitCode: 0 });
    times.push(Number(resourceUsage.cpuTime.total) / 1000);
  }
  expect(Math.min(...times)).toBeLessThan(MOST_START_MS);
});

test("the binary takes nothing from the directory it runs in", async () => {
  // Clipanion tells all about its parsing with this variable set; a preloaded file would run before anything else.
  await Bun.write(join(folder, ".env"), "DEBUG_CLI=1\n");
  await Bun.write(join(folder, "bunfig.toml"), 'preload = ["./preloaded.ts"]\n');
  await Bun.write(join(folder, "preloaded.ts"), 'console.log("preloaded");\n');
  const { stdout } = await runProgram([binary, "--version"], { cwd: folder });
  expect(stdout).toBe(`${version}\n`);
});

test("the binary carries the Lambda functions", async () => {
  const path = join(folder, "lambda.zip");
  const { code } = await runProgram([binary, "lambda", "template", "backup", "--bundle", path]);
  expect(code).toBe(0);
  expect(Buffer.from(await Bun.file(path).bytes()).equals(await Bun.file(LAMBDA_ZIP).bytes())).toBe(true);
});

test("the binary holds a DynamoDB with the demo's tables, in a thread", async () => {
  const { stdout, stderr, code } = await runProgram([binary, "demo", "--plain", "--no-repair"], {
    timeoutMs: 110_000,
  });
  expect(stdout).toContain(`[discrepancies] ${demoTables(1).drift.length}`);
  expect(stderr.split("\n").filter((line) => line !== "" && !line.startsWith("ddbr demo: "))).toEqual([]);
  expect(code).toBe(EXIT.discrepancies);
}, 120_000);

test.each([
  { args: ["--target", "solaris"] },
  { args: ["--target"] },
  { args: ["--tarket", "linux-x64"] },
  { args: ["linux-x64"] },
])("a bad target is one line that names the good ones: $args", async ({ args }) => {
  const { stdout, stderr, code } = await runProgram([process.execPath, "build.ts", ...args], { cwd: ROOT });
  expect(code).toBe(2);
  expect(stdout).toBe("");
  expect(stderr.trimEnd().split("\n")).toHaveLength(1);
  for (const target of TARGETS) expect(stderr).toContain(target);
});

test("targets can be repeated, and `all` is every one", () => {
  expect(parseTargets(["linux-x64", "darwin-arm64", "linux-x64"])).toEqual(["linux-x64", "darwin-arm64"]);
  expect(parseTargets(["all", "linux-x64"])).toEqual(TARGETS);
  expect(() => parseTargets(["linux"])).toThrow('unknown target "linux"');
  expect(outfileOf("windows-x64")).toBe("dist/ddbr-windows-x64.exe");
  expect(outfileOf("linux-arm64-musl")).toBe("dist/ddbr-linux-arm64-musl");
});
