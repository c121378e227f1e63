import { CHANGE_KINDS, type ChangeKind } from "../../../core/restore/change.ts";
import { dollars, writeCost } from "../../../core/restore/prices.ts";
import type { ChangeCounts, LeftReason, RestorePlan } from "../../../core/restore/restore-events.ts";
import { byteCount, exactCount } from "../../format/numbers.ts";
import { join, type Line, span } from "../../format/spans.ts";
import { fit } from "../../format/text.ts";
import type { Canvas } from "../../terminal/canvas.ts";
import type { Tone } from "../../terminal/tones.ts";
import { LEFT_WORDS } from "./left-words.ts";

const KIND_WORDS: Record<ChangeKind, string> = { create: "create", replace: "replace", delete: "DELETE" };
const KIND_TONES: Record<ChangeKind, Tone> = { create: "missing", replace: "different", delete: "bad" };

const NAME = 10;
const ITEMS = 14;
const BYTES = 12;
const UNITS = 14;

/** The plan as a table: what of each kind, in all, what it costs, and what is left alone. */
export function planTable(plan: RestorePlan, writePrice: number, canvas: Canvas): Line[] {
  const all = CHANGE_KINDS.map((kind) => plan.changes[kind]).reduce(sum);
  const cost = dollars(writeCost(all.writeUnits, writePrice));
  return [
    row("", ["items", "bytes", "write units"], canvas, "dim"),
    ...CHANGE_KINDS.map((kind) => {
      const { items } = plan.changes[kind];
      return row(
        KIND_WORDS[kind],
        countTexts(plan.changes[kind]),
        canvas,
        items === 0 ? "dim" : KIND_TONES[kind],
      );
    }),
    row("in all", countTexts(all), canvas, "strong"),
    [],
    [span(`   about ${cost}, without indexes`), span(`   at $${writePrice} a million`, "dim")],
    leftLine(plan, canvas),
  ];
}

/** `equal 200 · left alone 5 only in the table` */
function leftLine({ equal, left }: RestorePlan, { glyphs }: Canvas): Line {
  const reasons = (Object.entries(left) as [LeftReason, number][]).filter(([, count]) => count > 0);
  const parts: Line[] = [
    [span("equal ", "dim"), span(exactCount(equal))],
    ...reasons.map(
      ([reason, count]): Line => [
        span("left alone ", "dim"),
        span(`${exactCount(count)} ${LEFT_WORDS[reason]}`, "warn"),
      ],
    ),
  ];
  return [span("   "), ...join(parts, glyphs.separator)];
}

function countTexts({ items, bytes, writeUnits }: ChangeCounts): [string, string, string] {
  return [exactCount(items), byteCount(bytes), exactCount(writeUnits)];
}

function row(
  name: string,
  [items, bytes, units]: [string, string, string],
  { glyphs }: Canvas,
  tone: Tone,
): Line {
  const cell = (text: string, width: number) => fit(text, width, glyphs.ellipsis, "right");
  const numbers = cell(items, ITEMS) + cell(bytes, BYTES) + cell(units, UNITS);
  return [span(`   ${name.padEnd(NAME)}`, tone), span(numbers, tone === "dim" ? "dim" : undefined)];
}

function sum(one: ChangeCounts, other: ChangeCounts): ChangeCounts {
  return {
    items: one.items + other.items,
    bytes: one.bytes + other.bytes,
    writeUnits: one.writeUnits + other.writeUnits,
  };
}
