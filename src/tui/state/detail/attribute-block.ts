import type { AttributeDifference } from "../../../core/diff/discrepancy.ts";
import { escapeForTerminal } from "../../../core/escape.ts";
import { valueTexts } from "../../../core/item/value-text.ts";
import { changedParts } from "../../format/changed-part.ts";
import { span } from "../../format/spans.ts";
import { tableText } from "../../format/table-text.ts";
import type { Glyphs } from "../../terminal/glyphs.ts";
import type { SideLabels } from "../run-state.ts";
import { type Cell, cell, cellLine, firstChange } from "./cell.ts";
import { type Columns, labelWidth, SIGN } from "./columns.ts";
import { type Block, besides, SIGN_TONES, type Sign, signSpan } from "./signed-block.ts";

interface Values {
  primary?: Cell;
  replica?: Cell;
}

export function attributeBlock(attribute: AttributeDifference, columns: Columns, glyphs: Glyphs): Block {
  const sign = signOf(attribute);
  const name = cell(tableText(escapeForTerminal(attribute.name), glyphs), columns.name, {
    tone: SIGN_TONES[sign],
  });
  const values = valueCells(attribute, columns, glyphs);
  return columns.layout === "stacked"
    ? stack(sign, name, values, columns.labels)
    : besides(
        sign,
        name,
        [values.primary, values.replica].filter((side) => side !== undefined),
      );
}

function signOf({ primary, replica }: AttributeDifference): Sign {
  if (replica === undefined) return "+";
  return primary === undefined ? "-" : "~";
}

function valueCells(attribute: AttributeDifference, columns: Columns, glyphs: Glyphs): Values {
  const { primary, replica } = valueTexts(attribute);
  const left = primary && tableText(primary, glyphs);
  const right = replica && tableText(replica, glyphs);
  if (left !== undefined && right !== undefined) {
    const [inLeft, inRight] = changedParts(left, right);
    return {
      primary: cell(left, columns.value, { changed: inLeft }),
      replica: cell(right, columns.value, { changed: inRight }),
    };
  }
  if (columns.layout !== "beside") {
    return {
      ...(left !== undefined && { primary: cell(left, columns.value) }),
      ...(right !== undefined && { replica: cell(right, columns.value) }),
    };
  }
  return {
    primary: left === undefined ? absent(columns) : cell(left, columns.value, { changed: [0, left.length] }),
    replica:
      right === undefined ? absent(columns) : cell(right, columns.value, { changed: [0, right.length] }),
  };
}

function absent(columns: Columns): Cell {
  return cell("(absent)", columns.value, { tone: "dim" });
}

function stack(sign: Sign, name: Cell, { primary, replica }: Values, labels: SideLabels): Block {
  const parts: { label: string; content: Cell }[] = [
    ...(primary ? [{ label: labels.primary, content: primary }] : []),
    ...(replica ? [{ label: labels.replica, content: replica }] : []),
  ];
  const head = name.folded.lines;
  return {
    lines: parts.reduce((lines, { content }) => lines + content.folded.lines, head),
    firstChange: parts[0]?.content.changed ? head + firstChange(parts[0].content) : 0,
    line: (index) => {
      if (index < head) return [signSpan(sign, index), ...cellLine(name, index)];
      let rest = index - head;
      for (const { label, content } of parts) {
        if (rest < content.folded.lines) {
          const left = " ".repeat(SIGN) + (rest === 0 ? label : "").padEnd(labelWidth(labels));
          return [span(left, "dim"), ...cellLine(content, rest)];
        }
        rest -= content.folded.lines;
      }
      return [];
    },
  };
}
