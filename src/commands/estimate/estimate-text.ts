import type { EngineEstimate, Estimate } from "../../core/estimate/estimate.ts";
import type { Question, TableSize } from "../../core/estimate/question.ts";
import { isExact, type Range, sumOf } from "../../core/estimate/range.ts";
import type { Part } from "../../core/estimate/work.ts";
import { dollars } from "../../core/restore/prices.ts";
import { formatBytes, formatCount, formatUnits, plural } from "../output/figures.ts";
import { boundLines, limitLines, shownTime } from "./time-text.ts";

/** What is estimated, and a table for each engine, on 80 columns. */
export function estimateLines(question: Question, told: Estimate): string[] {
  const { command, table, replica } = question;
  const storing = told.storing === undefined ? "" : `; storing costs ${dollars(told.storing)} a month`;
  return [
    `${command}: ${sizeText(table)}`,
    ...(sameSize(question) ? [] : [`replica: ${sizeText(replica)}`]),
    `${plural(told.partitions, "partition")}${storing}`,
    ...told.engines.flatMap((engine) => ["", ...engineLines(engine)]),
    "",
    "~ is what is likely; --json tells the least and the most. Prices are those of",
    "us-east-1. What is measured, and what is assumed: docs/scale.md, Estimates.",
  ];
}

function sizeText({ items, itemBytes }: TableSize): string {
  return `${plural(items, "item")} of ${formatCount(itemBytes)} bytes, ${formatBytes(items * itemBytes)}`;
}

function sameSize({ command, table, replica }: Question): boolean {
  return (
    command !== "diff-tables" || (table.items === replica.items && table.itemBytes === replica.itemBytes)
  );
}

const NAMES: Record<EngineEstimate["engine"], string> = {
  "one-machine": "ONE MACHINE",
  batch: "AWS BATCH",
  "step-functions": "STEP FUNCTIONS",
};

const CHARGES: Record<EngineEstimate["engine"], string> = {
  "one-machine": "the machine's own",
  batch: "Fargate",
  "step-functions": "Lambda, its calls",
};

function engineLines(told: EngineEstimate): string[] {
  const { engine, parts, cost, seconds, workers, segments, lanes } = told;
  const all = cost.units + cost.requests + cost.engine;
  const onS3 = parts.some(({ charged }) => charged !== undefined);
  const isShown = ({ end }: Part) => end !== "state";
  const state = parts.filter(({ end }) => end === "state").map(({ requests }) => requests);
  return [
    row([NAMES[engine], "requests", "read units", "write units", "cost"]),
    ...parts
      .filter(isShown)
      .map(({ end, operation, requests, readUnits, writeUnits }) =>
        row([`  ${end} ${operation}`, count(requests), units(readUnits), units(writeUnits), ""]),
      ),
    ...(state.length === 0 ? [] : [row(["  state", count(sumOf(state)), "", "", ""])]),
    row(["  DynamoDB's units", "", "", "", dollars(cost.units)]),
    ...(onS3 ? [row(["  S3's requests", "", "", "", dollars(cost.requests)])] : []),
    ...(engine === "one-machine" ? [] : [row([`  ${CHARGES[engine]}`, "", "", "", dollars(cost.engine)])]),
    row(["  all", "", "", "", dollars(all)]),
    `  time ${shownTime(seconds)}: ${workersText(engine, workers)}${formatCount(lanes)} of ${plural(segments, "segment")} at once`,
    ...boundLines(told),
    ...limitLines(told),
  ];
}

function workersText(engine: EngineEstimate["engine"], workers: number): string {
  return engine === "one-machine" ? "" : `${plural(workers, engine === "batch" ? "job" : "function")}, `;
}

const WIDTHS = [21, 17, 17, 13, 12];

function row(cells: readonly string[]): string {
  return cells
    .map((cell, index) => (index === 0 ? cell.padEnd(WIDTHS[0]!) : cell.padStart(WIDTHS[index]!)))
    .join("")
    .trimEnd();
}

function count(range: Range): string {
  return `${isExact(range) ? "" : "~ "}${formatCount(range.likely)}`;
}

function units(range: Range): string {
  if (range.high === 0) return "";
  return isExact(range) ? formatUnits(range.likely) : `~ ${formatCount(range.likely)}`;
}
