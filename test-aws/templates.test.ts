import { expect, test } from "bun:test";
import { Glob } from "bun";
import { runProgram } from "../test/helpers/cli.ts";
import { fromTestCommand } from "../test/helpers/environment.ts";

const LINT = "import sys; from cfnlint.runner import main; sys.exit(main())";

const templates = [...new Glob("templates/*.yaml").scanSync()].sort();

test("every template passes cfn-lint without a warning", async () => {
  expect(templates).toEqual([
    "templates/backup.yaml",
    "templates/replicator.yaml",
    "templates/runner.yaml",
    "templates/snapshot.yaml",
  ]);
  const lint = (...files: string[]) =>
    runProgram([fromTestCommand("DDBR_TEST_CFN_LINT"), "-c", LINT, "--", ...files], { timeoutMs: 120_000 });
  expect(await lint(...templates)).toMatchObject({ code: 0, stdout: "", stderr: "" });
}, 120_000);
