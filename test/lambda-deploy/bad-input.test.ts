import { expect, test } from "bun:test";
import { runDdbr } from "../helpers/cli.ts";

const REPLICATOR = ["lambda", "deploy", "replicator", "us-east-1/orders", "eu-west-1/orders", "--dry-run"];
const BACKUP = ["lambda", "deploy", "backup", "us-east-1/orders", "s3://backups/inc", "--dry-run"];
const SNAPSHOT = [
  ...["lambda", "deploy", "snapshot", "s3://backups/inc/orders", "s3://backups/orders.gz", "--dry-run"],
  ...["--region", "us-east-1"],
];
const RUNNER = ["lambda", "deploy", "runner", "--dry-run"];

test.each<[string[], string]>([
  [["lambda"], "no command"],
  [["lambda", "deploy"], "lambda deploy replicator"],
  [["lambda", "deploy", "replikator", "a", "b"], "no command"],
  [["lambda", "deploy", "replicator"], "needs more arguments"],
  [["lambda", "status"], "needs more arguments"],
  [["lambda", "template", "replicators"], "give replicator, backup, snapshot"],
  [["lambda", "template", "backup", "--bundle", "s3://b/k"], "--bundle is a URL"],
  [["lambda", "template", "backup", "--bundle", "/nonexistent/folder/l.zip"], "cannot be written"],
  [["lambda", "deploy", "replicator", "local/orders", "eu-west-1/orders", "--dry-run"], "no table in AWS"],
  [
    ["lambda", "deploy", "replicator", "us-east-1/orders", "127.0.0.1:8000/orders", "--dry-run"],
    "no table in AWS",
  ],
  [["lambda", "deploy", "replicator", "orders", "eu-west-1/orders", "--dry-run"], 'no "/"'],
  [["lambda", "deploy", "backup", "us-east-1/orders", "./backups", "--dry-run"], "no place in S3"],
  [["lambda", "deploy", "snapshot", "s3://backups", "s3://backups/k", "--dry-run"], "no folder of a table"],
  [["lambda", "deploy", "snapshot", "s3://backups/inc", "s3://backups", "--dry-run"], "names no file"],
  [
    ["lambda", "deploy", "snapshot", "s3://backups/inc", "s3://backups/inc/o.gz", "--dry-run"],
    "in the folder itself",
  ],
  [[...SNAPSHOT, "--schedule", "daily"], "--schedule is"],
  [[...REPLICATOR, "--name", "my_stack"], "--name is"],
  [[...REPLICATOR, "--name", `a${"b".repeat(64)}`], "up to 64"],
  [[...REPLICATOR, "--code", "./here"], "--code is"],
  [[...REPLICATOR, "--architecture", "arm"], "give arm64 or x86_64"],
  [[...REPLICATOR, "--runtime", "nodejs18.x"], "nodejs24.x"],
  [[...REPLICATOR, "--memory", "64"], "--memory is"],
  [[...REPLICATOR, "--timeout", "901"], "--timeout is"],
  [[...REPLICATOR, "--batch-size", "10001"], "--batch-size is"],
  [[...REPLICATOR, "--parallelization", "1.5"], "not a whole number"],
  [[...REPLICATOR, "--start", "now"], "trim-horizon or latest"],
  [[...REPLICATOR, "--max-record-age", "86401"], "--max-record-age is"],
  [[...REPLICATOR, "--max-retries", "-1"], "--max-retries"],
  [[...REPLICATOR, "--log-retention", "29"], "CloudWatch does not offer"],
  [[...REPLICATOR, "--alarm-topic", "ops"], "not a topic's ARN"],
  [[...REPLICATOR, "--alarm-lag", "0"], "--alarm-lag is"],
  [[...REPLICATOR, "--turnover-role", "before"], "belong together"],
  [[...REPLICATOR, "--turnover-role", "during", "--turnover-at", "1"], "before, after or none"],
  [[...REPLICATOR, "--function-role", "writer"], "not a role's ARN"],
  [[...REPLICATOR, "--function-external-id", "x"], "needs --function-role"],
  [[...REPLICATOR, "--json", "--plain"], "contradicts"],
  [[...BACKUP, "--kms-key-id", "alias/backups"], "not a key's ARN"],
  [[...RUNNER, "--state", "./runs"], "no place in S3"],
  [[...RUNNER, "--state", "s3://bucket"], "names no folder"],
  [[...RUNNER, "--name", `a${"b".repeat(56)}`], "up to 56"],
  [[...RUNNER, "--reads", "local/orders"], "no table in AWS"],
  [[...RUNNER, "--reads", "us-east-1/orders,us-east-1/others"], "with a comma"],
  [[...RUNNER, "--writes", "orders"], 'no "/"'],
  [[...RUNNER, "--kms-key", "alias/state"], "not a key's ARN"],
  [[...RUNNER, "--state-kms-key", "alias/state"], "not a key's ARN"],
  [[...RUNNER, "--assume-role-arn", "reader"], "not a role's ARN"],
  [[...RUNNER, "--collect-storage", "100"], "--collect-storage is"],
  [["lambda", "status", "a b"], "no stack's name"],
  [["lambda", "redrive", "stack", "--region", "Europe"], "--region is"],
  [["lambda", "remove", "stack", "--external-id", "x"], "needs --role-arn"],
])("%p is refused in one line", async (words, part) => {
  const { code, stdout, stderr } = await runDdbr(words);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toMatch(/^ddbr: .*\n$/);
  expect(stderr).toContain(part);
});

test("without a region nothing is asked of anybody", async () => {
  const { code, stderr } = await runDdbr(["lambda", "status", "stack"], {
    env: { AWS_REGION: undefined, AWS_DEFAULT_REGION: undefined },
  });
  expect(code).toBe(2);
  expect(stderr).toBe("ddbr: no region is given - give --region, or set AWS_REGION\n");
});

test("a server that is not there is one line", async () => {
  const env = { AWS_ENDPOINT_URL: "http://127.0.0.1:9" };
  const { code, stderr } = await runDdbr(["lambda", "status", "stack"], { env });
  expect(code).toBe(2);
  expect(stderr).toMatch(/^ddbr: stack stack: cannot reach the server.* - check .*\n$/);
});
