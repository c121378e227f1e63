import { escapeForTerminal } from "../../core/escape.ts";
import type { WireItem, WireKey } from "../../core/item/attribute-value.ts";
import { humanJson } from "../../core/item/human.ts";
import { pathDifferences } from "../../core/record/path-differences.ts";
import { plural } from "../output/figures.ts";
import type { LinePrinter } from "./printer.ts";
import type { RecordSides } from "./sides.ts";

/** Which record it is, and where it is looked at. */
export function printHeading(
  printer: LinePrinter,
  key: WireKey,
  { primary, replica, olderName }: RecordSides,
): void {
  const places = [primary.description, replica.description];
  const width = Math.max(...places.map(({ label }) => label.length));
  printer.line({ text: humanJson(key), tone: "strong" });
  for (const { label, name } of places) {
    printer.line({ text: `${label.padEnd(width)}  `, tone: "dim" }, { text: escapeForTerminal(name) });
  }
  const older = olderName(key);
  if (older !== undefined) {
    printer.line({ text: `its object has a name of older tools: ${older}`, tone: "warn" });
  }
}

const PATHS = 5;

/** Of many records: the places that differ, in a few words behind the key. */
export function pathsText(
  before: WireItem | undefined,
  after: WireItem | undefined,
  { ignored }: RecordSides,
): string {
  if (before === undefined || after === undefined) return "";
  const paths = pathDifferences(before, after, ignored).map(({ path }) => escapeForTerminal(path));
  if (paths.length === 0) return "";
  const more = paths.length > PATHS ? `, and ${plural(paths.length - PATHS, "more place")}` : "";
  return `  ${paths.slice(0, PATHS).join(", ")}${more}`;
}
