import { expect, test } from "bun:test";
import { runDdbr, runProgram } from "../helpers/cli.ts";

const run = (script: string, options = {}) => runProgram([process.execPath, "-e", script], options);

test("exit code, both outputs, input and environment", async () => {
  const result = await run(
    "console.log(await Bun.stdin.text(), process.env.WORD); console.error('err'); process.exit(3)",
    { stdin: "in", env: { WORD: "word" } },
  );
  expect(result).toMatchObject({ code: 3, stdout: "in word\n", stderr: "err\n" });
  expect(result.ms).toBeGreaterThan(0);
});

test("a program that hangs fails the call with its last output", async () => {
  const call = run("console.log('so far'); await Bun.sleep(60000)", { timeoutMs: 1000 });
  await expect(call).rejects.toThrow(/did not end in 1000 ms[\s\S]*so far/);
});

test("the built binary runs", async () => {
  const { code, stdout } = await runDdbr(["--version"]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/\d+\.\d+\.\d+/);
});
