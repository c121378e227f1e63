import { expect, test } from "bun:test";
import { Glob } from "bun";
import { runProgram } from "../test/helpers/cli.ts";
import { fromTestCommand } from "../test/helpers/environment.ts";

const CFN_LINT = "import sys; from cfnlint.runner import main; sys.exit(main())";

/** Unknown fields are errors: it is how a misspelt one is found. */
const VALIDATE = `
import sys, yaml, kubernetes_validate
for path in sys.argv[1:]:
    for document in yaml.safe_load_all(open(path)):
        kubernetes_validate.validate(document, kubernetes_validate.latest_version(), strict=True)
`;

/** As the AWS CLI does before it sends anything. */
const SUBMIT = `
import sys, json, botocore.session, botocore.validate
shape = botocore.session.get_session().get_service_model("batch").operation_model("SubmitJob").input_shape
for path in sys.argv[1:]:
    botocore.validate.validate_parameters(json.load(open(path)), shape)
`;

const python = (variable: string, program: string, ...args: string[]) =>
  runProgram([fromTestCommand(variable), "-c", program, ...args], { timeoutMs: 120_000 });

test("the Dockerfile passes hadolint without a warning", async () => {
  const linted = await runProgram([fromTestCommand("DDBR_TEST_HADOLINT"), "deploy/Dockerfile"]);
  expect(linted).toMatchObject({ code: 0, stdout: "", stderr: "" });
});

test("the stack for AWS Batch passes cfn-lint without a warning", async () => {
  const linted = await python("DDBR_TEST_CFN_LINT", CFN_LINT, "--", "deploy/batch.yaml");
  expect(linted).toMatchObject({ code: 0, stdout: "", stderr: "" });
}, 120_000);

test("every example for AWS Batch is what submit-job takes", async () => {
  const files = [...new Glob("deploy/batch/*.json").scanSync()].sort();
  expect(files).toEqual(["deploy/batch/backup-table.json", "deploy/batch/diff-tables.json"]);
  expect(await python("DDBR_TEST_BOTOCORE", SUBMIT, ...files)).toMatchObject({ code: 0, stderr: "" });
}, 120_000);

test("every example for Kubernetes is what its API takes, and knows each field of", async () => {
  const files = [...new Glob("deploy/kubernetes/*.yaml").scanSync()].sort();
  expect(files).toEqual([
    "deploy/kubernetes/backup-table.yaml",
    "deploy/kubernetes/diff-tables.yaml",
    "deploy/kubernetes/service-account.yaml",
  ]);
  const validated = await python("DDBR_TEST_KUBERNETES_VALIDATE", VALIDATE, ...files);
  expect(validated).toMatchObject({ code: 0, stdout: "", stderr: "" });
}, 120_000);
