import { escapeForTerminal } from "../../core/escape.ts";
import { humanJson } from "../../core/item/human.ts";
import { pathDifferences } from "../../core/record/path-differences.ts";
import { problemOf } from "../../core/record/record-objects.ts";
import type { ReplicatedRecord } from "../../core/record/replicate-records.ts";
import type { Tone } from "../../tui/terminal/tones.ts";
import type { LinePrinter, Printer } from "./printer.ts";
import { pathsText, printHeading } from "./record-heading.ts";
import type { RecordSides } from "./sides.ts";

type Action = ReplicatedRecord["action"];

/** What became of a record, or would. */
export const REPLICATED_WORDS: Record<"done" | "dryRun", Record<Action, string>> = {
  done: {
    put: "put and verified",
    delete: "deleted and verified",
    "by-others": "written by others meanwhile",
    none: "equivalent already",
    absent: "on neither side",
    undone: "not done",
  },
  dryRun: {
    put: "would be put",
    delete: "would be deleted",
    "by-others": "written by others meanwhile",
    none: "equivalent already",
    absent: "on neither side",
    undone: "not done",
  },
};

const TONES: Record<Action, Tone> = {
  put: "good",
  delete: "good",
  "by-others": "good",
  none: "dim",
  absent: "warn",
  undone: "bad",
};

/** Tells of a record: of the only one before and after, of many each in a line. */
export function tellReplicated(
  record: ReplicatedRecord,
  sides: RecordSides,
  printer: Printer,
  { dryRun, isOne }: { dryRun: boolean; isOne: boolean },
): void {
  if (printer.kind === "json") printer.record(jsonOf(record, sides, dryRun));
  else if (isOne) showWhole(record, sides, printer, dryRun);
  else if (!printer.quiet || !["none", "absent"].includes(record.action)) {
    showLine(record, sides, printer, dryRun);
  }
}

function showWhole(
  record: ReplicatedRecord,
  sides: RecordSides,
  printer: LinePrinter,
  dryRun: boolean,
): void {
  const { key, action, before, after, reason } = record;
  printHeading(printer, key, sides);
  const problem = problemOf(before);
  if (problem !== undefined) {
    printer.line({
      text: `in the ${sides.replica.description.label} ${escapeForTerminal(problem)}`,
      tone: "bad",
    });
  }
  if (!printer.quiet && (action === "put" || action === "delete")) {
    printer.images({
      left: problem === undefined ? before : undefined,
      right: after,
      labels: { left: "before", right: "after" },
      only: { left: "removed", right: "added" },
      plus: "right",
      schema: sides.primary.description.schema,
      ignored: undefined,
    });
  }
  if (action === "absent") {
    const { primary, replica } = sides;
    printer.line({
      text: `the record is neither in the ${primary.description.label} nor in the ${replica.description.label}`,
      tone: "warn",
    });
  }
  const words = REPLICATED_WORDS[dryRun ? "dryRun" : "done"];
  printer.line({ text: lastLine(action, words[action], reason), tone: TONES[action] });
}

function lastLine(action: Action, words: string, reason: string | undefined): string {
  if (action === "none") return `${words}: nothing to write`;
  if (action === "absent") return "nothing to write";
  return reason === undefined ? words : `${words}: ${escapeForTerminal(reason)}`;
}

const TAGS: Record<Action, string> = {
  put: "put",
  delete: "deleted",
  "by-others": "by-others",
  none: "equivalent",
  absent: "absent",
  undone: "undone",
};

function showLine(
  { key, action, before, after, reason }: ReplicatedRecord,
  sides: RecordSides,
  printer: LinePrinter,
  dryRun: boolean,
): void {
  const tag = dryRun && (action === "put" || action === "delete") ? `would-${action}` : TAGS[action];
  const problem = problemOf(before);
  const detail = reason ?? problem;
  const older = sides.olderName(key);
  printer.line(
    { text: `[${tag}]`, tone: TONES[action] },
    { text: ` ${humanJson(key)}` },
    {
      text:
        (detail === undefined ? pathsText(before, after, sides) : `  ${escapeForTerminal(detail)}`) +
        (older === undefined ? "" : `  (older name ${older})`),
      tone: "dim",
    },
  );
}

/** In wire form; see docs/events.md. */
function jsonOf(record: ReplicatedRecord, { olderName }: RecordSides, dryRun: boolean): object {
  const { key, action, before, after, reason } = record;
  const problem = problemOf(before);
  const held = problem === undefined ? before : undefined;
  const older = olderName(key);
  const writes = action === "put" || action === "delete";
  return {
    key,
    action,
    dryRun,
    ...(writes && { before: held ?? null, after: after ?? null, differences: pathDifferences(held, after) }),
    ...(reason === undefined ? {} : { reason }),
    ...(problem === undefined ? {} : { problem }),
    ...(older === undefined ? {} : { olderName: older }),
  };
}
