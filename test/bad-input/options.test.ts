import { describe, test } from "bun:test";
import { driftedTables } from "./drifted-tables.ts";
import { expectRefused } from "./refusal.ts";

const tables = driftedTables();
const diff = (...options: string[]) => [
  "diff-tables",
  tables.primary.location,
  tables.replica.location,
  ...options,
];

describe("numbers that are none", () => {
  test.each<[string, string, RegExp]>([
    ["--segments", "many", /whole number.*from 1 to/],
    ["--segments", "", /whole number.*from 1 to/],
    ["--segments", "4.5", /whole number.*from 1 to/],
    ["--segments", "0x10", /whole number.*from 1 to/],
    ["--segments", "1,000", /whole number.*from 1 to/],
    ["--segments", "\u001b[31m4", /"\\u001b\[31m4".*whole number/],
    ["--concurrency", "all", /whole number.*from 1 to 256/],
    ["--sample", "5%", /number.*above 0, up to 1/],
    ["--sample", "1/20", /number.*above 0, up to 1/],
    ["--max-rcu", "fast", /number.*above 0/],
    ["--max-rcu", "NaN", /number.*above 0/],
    ["--max-wcu", "Infinity", /number.*above 0/],
    ["--memory", "32MB", /number.*from 1 to/],
    ["--settle", "3s", /number.*from 0 to 3600/],
    ["--patience", "1m", /number.*from 0 to 86400/],
  ])("%s %j", async (option, value, says) => {
    await expectRefused(diff("--repair", `${option}=${value}`), [new RegExp(`^${option} `), says]);
  });
});

describe("numbers out of range, which are numbers nevertheless", () => {
  test.each<[string, string, RegExp]>([
    ["--segments", "0", /from 1 to 1000000/],
    ["--segments", "-1", /from 1 to 1000000/],
    ["--segments", "1000001", /from 1 to 1000000/],
    ["--concurrency", "0", /from 1 to 256/],
    ["--concurrency", "257", /from 1 to 256/],
    ["--sample", "0", /above 0, up to 1/],
    ["--sample", "1.01", /above 0, up to 1/],
    ["--sample", "-0.5", /above 0, up to 1/],
    ["--max-rcu", "0", /above 0/],
    ["--max-rcu", "-5", /above 0/],
    ["--max-wcu", "0", /above 0/],
    ["--memory", "0", /from 1 to/],
    ["--settle", "-1", /from 0 to 3600/],
    ["--settle", "3601", /from 0 to 3600/],
    ["--patience", "-1", /from 0 to 86400/],
    ["--patience", "86401", /from 0 to 86400/],
  ])("%s %s", async (option, value, says) => {
    await expectRefused(diff("--repair", `${option}=${value}`), [new RegExp(`^${option} `), says], {
      notSaying: /not a (whole )?number/,
    });
  });
});

const ROLE = "arn:aws:iam::123456789012:role/reader";

describe("values that are none", () => {
  test.each<[string[], RegExp[]]>([
    [["--ignore="], [/--ignore is empty/, /attribute/]],
    [["--primary-profile="], [/--primary-profile is empty/, /profile/]],
    [["--replica-profile="], [/--replica-profile is empty/, /profile/]],
    [["--primary-role-arn=reader"], [/--primary-role-arn is "reader"/, /arn:aws:iam::\d{12}:role/]],
    [["--replica-role-arn="], [/--replica-role-arn is ""/, /arn:aws:iam::\d{12}:role/]],
    [["--replica-role-arn=arn:aws:iam::123:role/x"], [/not a role's ARN/]],
    [["--replica-role-arn=arn:aws:iam::123456789012:user/x"], [/not a role's ARN/]],
    [["--replica-role-arn=\u001b[31m"], [/"\\u001b\[31m"/, /not a role's ARN/]],
    [["--report="], [/--report/, /file/]],
    [["--undo-file="], [/--undo-file/, /file/]],
    [["--report=s3://bucket/report"], [/--report is a URL/, /local file/]],
    [["--undo-file=https://example.com/undo"], [/--undo-file is a URL/, /local file/]],
  ])("%j", async (options, says) => {
    await expectRefused(diff("--repair", ...options), says);
  });
});

describe("options that contradict each other", () => {
  test.each<[string[], RegExp[]]>([
    [["--segment=0"], [/--segment needs --segments/]],
    [
      ["--segment=10", "--segments=10"],
      [/no segment 10 among 10/, /0 to 9/],
    ],
    [
      ["--segment=-1", "--segments=10"],
      [/--segment/, /from 0/],
    ],
    [["--sample=0.5", "--segment=0", "--segments=2"], [/--sample contradicts --segment/]],
    [["--sample=0.5", "--backfill"], [/--sample contradicts --backfill/]],
    [["--ignore=text", "--backfill"], [/--ignore contradicts --backfill/]],
    [
      ["--undo-file=undo", "--backfill"],
      [/--undo-file contradicts --backfill/, /--repair/],
    ],
    [["--undo-file=undo", "--backfill", "--repair"], [/--undo-file contradicts --backfill/]],
    [["--undo-file=undo"], [/--undo-file needs --repair/]],
    [["--undo-file=undo", "--dry-run"], [/--undo-file needs --repair/]],
    [["--repair", "--undo-file=new", "--report=new"], [/--report and --undo-file.*same file/]],
    [["--repair", "--undo-file=new", "--report=./new"], [/--report and --undo-file.*same file/]],
    [["--repair", "--undo-file=folder/../new", "--report=new"], [/--report and --undo-file.*same file/]],
    [["--json", "--plain"], [/--json contradicts --plain/]],
    [["--json", "--quiet"], [/--json contradicts --quiet/]],
    [["--primary-external-id=x"], [/--primary-external-id needs --primary-role-arn/]],
    [
      ["--replica-external-id=x", `--primary-role-arn=${ROLE}`],
      [/--replica-external-id needs --replica-role-arn/],
    ],
  ])("%j", async (options, says) => {
    await expectRefused(diff(...options), says);
  });
});
