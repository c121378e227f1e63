import { escapeForTerminal } from "../../../core/escape.ts";
import type { KeySchema, WireItem } from "../../../core/item/attribute-value.ts";
import type { Ignored } from "../../../core/item/canonical.ts";
import { valueTexts } from "../../../core/item/value-text.ts";
import { type ComparedAttribute, comparedAttributes } from "../../../core/record/path-differences.ts";

/** Two images of one record, and which of them has what a `+` stands for. */
export interface ComparedImages {
  left: WireItem | undefined;
  right: WireItem | undefined;
  labels: { left: string; right: string };
  /** What is said of something that only one of them has. */
  only: { left: string; right: string };
  plus: "left" | "right";
  schema: KeySchema;
  ignored: Ignored | undefined;
}

/** One place of the two images: equal, different, or there on one side only. Texts are safe to print. */
export interface ComparedRow {
  sign: "=" | "~" | "+" | "-";
  path: string;
  left?: string;
  right?: string;
}

/** The key first, then by name; an attribute that is equal is one row, another a row for each place that differs. */
export function comparedRows({ left, right, plus, schema, ignored }: ComparedImages): ComparedRow[] {
  const attributes = comparedAttributes(left, right, ignored);
  const isKey = ({ name }: ComparedAttribute) => schema.some((key) => key.name === name);
  const inOrder = [...attributes.filter(isKey), ...attributes.filter((attribute) => !isKey(attribute))];
  return inOrder.flatMap(({ name, before, differences }): ComparedRow[] => {
    if (differences.length === 0) return [row("=", name, before, undefined)];
    return differences.map(({ path, before: l, after: r }) => {
      const onlyIn = l === undefined ? "right" : r === undefined ? "left" : undefined;
      return row(onlyIn === undefined ? "~" : onlyIn === plus ? "+" : "-", path, l, r);
    });
  });
}

type Value = WireItem[string] | undefined;

function row(sign: ComparedRow["sign"], path: string, left: Value, right: Value): ComparedRow {
  const { primary, replica } = valueTexts({
    name: path,
    ...(left && { primary: left }),
    ...(right && { replica: right }),
  });
  return {
    sign,
    path: escapeForTerminal(path),
    ...(primary !== undefined && { left: primary }),
    ...(replica !== undefined && { right: replica }),
  };
}
