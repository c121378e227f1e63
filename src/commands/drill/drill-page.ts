import {
  type CheckName,
  type DrillCheck,
  type DrillResult,
  recoveryTime,
} from "../../core/drill/drill-result.ts";
import { escapeForTerminal } from "../../core/escape.ts";
import { humanJson } from "../../core/item/human.ts";
import { formatDuration } from "../output/figures.ts";
import {
  costText,
  NOT_RECOVERED,
  recoveryPointText,
  restoredText,
  scratchText,
  verdict,
} from "./summary-text.ts";

const KINDS: Record<NonNullable<DrillResult["facts"]>["kind"], string> = {
  dump: "dump of a table (ddbr backup-table)",
  file: "file of items",
  folder: "incremental folder",
  export: "DynamoDB's full export",
  changes: "DynamoDB's incremental export",
};

const QUESTIONS: Record<CheckName, string> = {
  source: "Can the backup be read, and is it as its manifest says (files, counts, checksums)?",
  written: "Was every record written, and read back as it should be?",
  count: "Were as many items restored as there should be?",
  items: "Does a fresh scan of the restored table find exactly the items of the backup?",
  "manifest-fingerprint": "Are these the items that were backed up, by the fingerprint in the manifest?",
  against: "Does the live table hold the same items?",
};

const ANSWERS: Record<DrillCheck["result"], string> = {
  passed: "yes",
  failed: "**NO**",
  "not-done": "not checked",
};

/** A drill as a page to be filed, in Markdown: all that comes from outside is escaped. */
export function drillPage(result: DrillResult): string {
  const { version, jobId, startedAt, finishedAt } = result;
  return `${[
    "# Restore drill",
    "",
    `**${plainText(verdict(result))}**`,
    "",
    `Begun ${time(startedAt)}, ended ${time(finishedAt)}. ddbr ${plainText(version)}, job ${plainText(jobId)}.`,
    "",
    "## What was restored",
    "",
    ...table(["", ""], whatRows(result)),
    "",
    "## What was checked",
    "",
    ...table(
      ["Question", "Answer", "Detail"],
      result.checks.map(({ name, result: word, detail }) => [
        QUESTIONS[name],
        ANSWERS[word],
        plainText(detail),
      ]),
    ),
    ...exampleLines(result),
    "",
    "## Recovery point and recovery time",
    "",
    `Recovery point: ${plainText(recoveryPointText(result))}.`,
    "",
    ...recoveryLines(result),
    "",
    "## What it cost",
    "",
    `${capital(costText(result))}.`,
    `By ${result.cost.writePrice} dollars for a million write units and ${result.cost.readPrice} for a million read units; what storage charges for reading the backup is not in it.`,
  ].join("\n")}\n`;
}

function whatRows(result: DrillResult): string[][] {
  const { source, facts, restored, against, at, local } = result;
  const rows: [string, string | undefined][] = [
    ["Backup", source],
    ["Kind", facts && KINDS[facts.kind]],
    ["Asked for as of", at === undefined ? undefined : new Date(at).toISOString()],
    ["Made of the table", facts?.table && `${facts.table.name} (${facts.table.arn})`],
    ["Scratch table", scratchText(result) + (local ? " (in memory, on one machine)" : "")],
    ["Its ARN", local ? undefined : result.end.arn],
    ["Restored", restored && restoredText(restored)],
    ["Fingerprint", restored && `${restored.fingerprint.digest} (${restored.fingerprint.buckets} buckets)`],
    ["Live table", against],
  ];
  return rows.flatMap(([label, text]) => (text === undefined ? [] : [[label, plainText(text)]]));
}

function recoveryLines(result: DrillResult): string[] {
  const total = recoveryTime(result);
  if (total === undefined) return [`Recovery time: ${NOT_RECOVERED}.`];
  const { read, make, write, verify } = result.phases;
  return [
    ...table(
      ["Part of the recovery", "Time"],
      [
        ["Reading the backup and checking it", formatDuration(read)],
        ["Making the table", formatDuration(make)],
        ["Writing", formatDuration(write)],
        ["Reading back", formatDuration(verify)],
        ["**In all**", `**${formatDuration(total)}**`],
      ],
    ),
    "",
    "The time for comparing with fingerprints and for deleting the scratch table is no part of a recovery, and comes on top.",
  ];
}

function exampleLines({ differences }: DrillResult): string[] {
  if (differences === undefined || differences.examples.length === 0) return [];
  const keys = differences.examples.map((key) => `- ${plainText(humanJson(key))}`);
  return ["", "Some of the records by which the live table differs:", "", ...keys];
}

function table(heads: string[], rows: string[][]): string[] {
  const row = (cells: string[]) => `| ${cells.join(" | ")} |`;
  return [row(heads), row(heads.map(() => "---")), ...rows.map(row)];
}

function time(moment: Date): string {
  return moment.toISOString();
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Everything that Markdown, or HTML in it, would take for more than text; and what would become a link by itself. */
const MEANING = /[\\`*_{}[\]<>#|~&!@]|:(?=\/\/)|(?<=www)\./gi;

/** Text from outside, on one line, that a reader sees as it is. */
function plainText(text: string): string {
  return escapeForTerminal(text).replace(MEANING, "\\$&");
}
