import stringWidth from "string-width";
import { escapeForTerminal } from "../../../core/escape.ts";
import type { WireItem } from "../../../core/item/attribute-value.ts";
import { equalValues } from "../../../core/item/equal.ts";
import { valueTexts } from "../../../core/item/value-text.ts";
import { type PathDifference, pathDifferences } from "../../../core/record/path-differences.ts";
import { changedParts, type Range } from "../../format/changed-part.ts";
import { type Line, span } from "../../format/spans.ts";
import { tableText } from "../../format/table-text.ts";
import { cut } from "../../format/text.ts";
import { wrapWords } from "../../format/wrap-words.ts";
import type { Glyphs } from "../../terminal/glyphs.ts";
import { BlockDocument } from "../detail/block-document.ts";
import { type Cell, cell, cellLine, firstChange } from "../detail/cell.ts";
import { GAP, SIGN } from "../detail/columns.ts";
import { type Block, besides, SIGN_TONES, type Sign, signSpan } from "../detail/signed-block.ts";
import { aroundChange } from "./around-change.ts";
import { nameColumn } from "./name-column.ts";

interface Room {
  name: number;
  value: number;
  glyphs: Glyphs;
}

/** UTF-16 units of all names of attributes that did not change. */
const LONGEST_UNCHANGED = 2000;
/** UTF-16 units shown around what has changed in a long value. */
const CONTEXT = 60;

/** What became of an item, place by place, and below the names of what stayed. */
export function changeDocument(
  before: WireItem | undefined,
  after: WireItem | undefined,
  width: number,
  glyphs: Glyphs,
): BlockDocument {
  const differences = pathDifferences(before, after);
  const name = nameColumn(
    differences.map(({ path }) => path),
    width,
    glyphs,
  );
  const room = { name, value: width - SIGN - name - GAP, glyphs };
  return new BlockDocument([
    ...differences.map((difference) => changeBlock(difference, room)),
    ...unchangedBlocks(before, after, width, glyphs),
  ]);
}

function changeBlock({ path, before, after }: PathDifference, { name: width, value, glyphs }: Room): Block {
  const sign: Sign = before === undefined ? "+" : after === undefined ? "-" : "~";
  const name = cell(tableText(escapeForTerminal(path), glyphs), width, { tone: SIGN_TONES[sign] });
  const texts = valueTexts({
    name: path,
    ...(before && { primary: before }),
    ...(after && { replica: after }),
  });
  const [then, now] = [texts.primary, texts.replica].map((text) => text && tableText(text, glyphs));
  if (then === undefined || now === undefined) return besides(sign, name, [cell(then ?? now ?? "", value)]);
  const [inThen, inNow] = changedParts(then, now);
  const inline = `${then} ${glyphs.becomes} ${now}`;
  // A long text needn't be measured to be found too long.
  if (inline.length <= value * 2 && stringWidth(inline) <= value && name.folded.lines === 1) {
    const left = cell(then, stringWidth(then), { changed: inThen });
    return inlineBlock(name, left, cell(now, stringWidth(now), { changed: inNow }), glyphs);
  }
  const narrower = value - SIGN;
  const excerpt = (text: string, changed: Range) => {
    const around = aroundChange(text, changed, CONTEXT, glyphs.ellipsis);
    return cell(around.text, narrower, around);
  };
  return overUnder(name, excerpt(then, inThen), excerpt(now, inNow));
}

/** `~ status  "paid" → "refunded"` */
function inlineBlock(name: Cell, then: Cell, now: Cell, glyphs: Glyphs): Block {
  const becomes = span(` ${glyphs.becomes} `, "dim");
  return {
    lines: 1,
    firstChange: 0,
    line: () => [
      signSpan("~", 0),
      ...cellLine(name, 0),
      span(" ".repeat(GAP)),
      ...cellLine(then, 0),
      becomes,
      ...cellLine(now, 0),
    ],
  };
}

/** The name, and in the column beside it what was above what is. */
function overUnder(name: Cell, then: Cell, now: Cell): Block {
  const valueLine = (index: number): Line => {
    if (index < then.folded.lines) return [signSpan("-", index), ...cellLine(then, index)];
    return [signSpan("+", index - then.folded.lines), ...cellLine(now, index - then.folded.lines)];
  };
  const values = then.folded.lines + now.folded.lines;
  return {
    lines: Math.max(name.folded.lines, values),
    firstChange: firstChange(then),
    line: (index) => [
      signSpan("~", index),
      ...cellLine(name, index),
      span(" ".repeat(GAP)),
      ...(index < values ? valueLine(index) : []),
    ],
  };
}

function unchangedBlocks(
  before: WireItem | undefined,
  after: WireItem | undefined,
  width: number,
  glyphs: Glyphs,
): Block[] {
  if (before === undefined || after === undefined) return [];
  const same = Object.keys(after)
    .sort()
    .filter((name) => Object.hasOwn(before, name) && equalValues(before[name]!, after[name]!));
  if (same.length === 0) return [];
  const names = tableText(escapeForTerminal(cut(same.join(", "), LONGEST_UNCHANGED)), glyphs);
  const lines = wrapWords(`unchanged: ${names}`, Math.max(2, width - SIGN));
  return [
    {
      lines: lines.length + 1,
      firstChange: undefined,
      line: (index) => (index === 0 ? [] : [span(" ".repeat(SIGN) + lines[index - 1], "dim")]),
    },
  ];
}
