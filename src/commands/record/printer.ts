import { safeJson } from "../../core/item/human.ts";
import type { Span } from "../../tui/format/spans.ts";
import type { ComparedImages } from "../../tui/lines/record/compared-rows.ts";
import { outputMode } from "../output/mode.ts";

export interface PrinterFlags {
  plain: boolean;
  json: boolean;
  quiet: boolean;
}

/** How records are told of: as lines (with colours on a terminal) or as JSON. */
export type Printer = LinePrinter | { kind: "json"; record(fields: object): void };

export interface LinePrinter {
  kind: "lines";
  quiet: boolean;
  line(...spans: Span[]): void;
  /** Two images of a record, attribute by attribute. */
  images(images: ComparedImages): void;
}

/** @throws DdbrError `usage` for flags that contradict each other */
export async function openPrinter(flags: PrinterFlags): Promise<Printer> {
  // What is typed plays no part here, so only where it is printed counts.
  const mode = outputMode(flags, { stdin: { isTTY: true }, stdout: process.stdout });
  const print = (line: string) => void process.stdout.write(`${line}\n`);
  if (mode === "json") {
    return {
      kind: "json",
      record: (fields) => print(safeJson({ event: "record", time: new Date().toISOString(), ...fields })),
    };
  }
  const { comparedRows } = await import("../../tui/lines/record/compared-rows.ts");
  const colours = process.stdout.isTTY === true && !flags.plain && process.env.TERM !== "dumb";
  if (!colours) {
    const { rowTexts } = await import("../../tui/lines/record/row-text.ts");
    return {
      kind: "lines",
      quiet: flags.quiet,
      line: (...spans) => print(spans.map(({ text }) => text).join("")),
      images: (images) => rowTexts(comparedRows(images), images).forEach(print),
    };
  }
  const { paint } = await import("../../tui/lines/record/paint.ts");
  const { besideLines } = await import("../../tui/lines/record/beside-lines.ts");
  const { canvasOf } = await import("../../tui/terminal/canvas.ts");
  const { columns, rows } = process.stdout;
  // Some terminals say 0.
  const canvas = canvasOf({ columns: columns || 80, rows: rows || 24 }, process.env);
  return {
    kind: "lines",
    quiet: flags.quiet,
    line: (...spans) => print(paint(spans, canvas.tones)),
    images(images) {
      for (const line of besideLines(comparedRows(images), images, canvas)) print(paint(line, canvas.tones));
    },
  };
}
