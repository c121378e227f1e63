import { escapeForTerminal } from "../../core/escape.ts";
import { humanJson } from "../../core/item/human.ts";
import { type ComparedRecord, isEquivalent, type RecordState } from "../../core/record/compare-records.ts";
import { pathDifferences } from "../../core/record/path-differences.ts";
import { problemOf } from "../../core/record/record-objects.ts";
import type { Tone } from "../../tui/terminal/tones.ts";
import type { LinePrinter, Printer } from "./printer.ts";
import { pathsText, printHeading } from "./record-heading.ts";
import type { RecordSides } from "./sides.ts";

/** Tells of a record: of the only one attribute by attribute, of many each in a line. */
export function tellCompared(
  record: ComparedRecord,
  sides: RecordSides,
  printer: Printer,
  isOne: boolean,
): void {
  if (printer.kind === "json") printer.record(jsonOf(record, sides));
  else if (isOne) showWhole(record, sides, printer);
  else if (!printer.quiet || !isEquivalent(record.state)) showLine(record, sides, printer);
}

function showWhole(record: ComparedRecord, sides: RecordSides, printer: LinePrinter): void {
  const { key, state } = record;
  const { label: left } = sides.primary.description;
  const { label: right } = sides.replica.description;
  printHeading(printer, key, sides);
  const problem = problemOf(record.replica);
  if (problem !== undefined)
    printer.line({ text: `in the ${right} ${escapeForTerminal(problem)}`, tone: "bad" });
  const only = { missing: left, extraneous: right }[state as string];
  if (state === "absent") {
    printer.line({ text: `the record is neither in the ${left} nor in the ${right}`, tone: "warn" });
  } else if (only !== undefined && problem === undefined) {
    printer.line({ text: `the record is only in the ${only}`, tone: state as "missing" | "extraneous" });
  }
  if (printer.quiet) return;
  printer.images({
    left: record.primary,
    right: problem === undefined ? record.replica : undefined,
    labels: { left, right },
    only: { left: `only in the ${left}`, right: `only in the ${right}` },
    plus: "left",
    schema: sides.primary.description.schema,
    ignored: sides.ignored,
  });
}

const TONES: Record<RecordState, Tone> = {
  equivalent: "good",
  absent: "dim",
  missing: "missing",
  different: "different",
  extraneous: "extraneous",
};

function showLine(
  { key, state, primary, replica }: ComparedRecord,
  sides: RecordSides,
  printer: LinePrinter,
): void {
  const problem = problemOf(replica);
  const detail =
    problem === undefined ? pathsText(primary, replica, sides) : `  ${escapeForTerminal(problem)}`;
  const older = sides.olderName(key);
  printer.line(
    { text: `[${state}]`, tone: TONES[state] },
    { text: ` ${humanJson(key)}` },
    { text: `${detail}${older === undefined ? "" : `  (older name ${older})`}`, tone: "dim" },
  );
}

/** In wire form; see docs/events.md. */
function jsonOf(
  { key, state, primary, replica }: ComparedRecord,
  { ignored, olderName }: RecordSides,
): object {
  const problem = problemOf(replica);
  const held = problem === undefined ? replica : undefined;
  const older = olderName(key);
  // Of a record that is on one side only, its key is no difference.
  const ignoresKey = primary === undefined || held === undefined;
  const differences = isEquivalent(state)
    ? []
    : pathDifferences(
        primary,
        held,
        (name) => ignored?.(name) === true || (ignoresKey && Object.hasOwn(key, name)),
      );
  return {
    key,
    equivalent: isEquivalent(state),
    state,
    primary: primary ?? null,
    replica: held ?? null,
    differences: differences.map(({ path, before, after }) => ({
      path,
      ...(before && { primary: before }),
      ...(after && { replica: after }),
    })),
    ...(problem === undefined ? {} : { problem }),
    ...(older === undefined ? {} : { olderName: older }),
  };
}
