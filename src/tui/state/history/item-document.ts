import { escapeForTerminal } from "../../../core/escape.ts";
import type { AttributeValue, WireItem } from "../../../core/item/attribute-value.ts";
import { valueText } from "../../../core/item/value-text.ts";
import { tableText } from "../../format/table-text.ts";
import type { Glyphs } from "../../terminal/glyphs.ts";
import { BlockDocument } from "../detail/block-document.ts";
import { cell } from "../detail/cell.ts";
import { GAP, SIGN } from "../detail/columns.ts";
import { type Block, besides } from "../detail/signed-block.ts";
import type { TextFinder } from "./find-text.ts";
import { nameColumn } from "./name-column.ts";

export interface ItemLook {
  width: number;
  glyphs: Glyphs;
  /** Names of the key attributes, which come first. */
  key: readonly string[];
  /** What was searched for is drawn as a change is. */
  finder?: TextFinder | undefined;
}

interface Room {
  name: number;
  value: number;
  glyphs: Glyphs;
  finder: TextFinder | undefined;
}

const INDENT = 2;

/** A whole item: an attribute a line where it fits, lists and maps that are longer with one element below the other. */
export function itemDocument(item: WireItem, { width, glyphs, key, finder }: ItemLook): BlockDocument {
  const names = Object.keys(item).sort();
  const ordered = [...key, ...names.filter((name) => !key.includes(name))].filter((name) =>
    Object.hasOwn(item, name),
  );
  const name = nameColumn(ordered, width, glyphs);
  const room = { name, value: width - SIGN - name - GAP, glyphs, finder };
  return new BlockDocument(ordered.flatMap((each) => [...valueBlocks(each, item[each]!, 0, room)]));
}

function* valueBlocks(name: string, value: AttributeValue, depth: number, room: Room): Generator<Block> {
  const text = tableText(valueText(value), room.glyphs);
  const children = text.length > room.value ? childrenOf(value) : [];
  yield valueBlock(name, children.length > 0 ? outline(value, children.length) : text, depth, room);
  for (const [childName, child] of children) yield* valueBlocks(childName, child, depth + 1, room);
}

function valueBlock(
  name: string,
  text: string,
  depth: number,
  { name: width, value, glyphs, finder }: Room,
): Block {
  // Of what lies very deep the names stay to be read.
  const indent = " ".repeat(Math.min(depth * INDENT, Math.floor(width / 2)));
  const shown = tableText(escapeForTerminal(name), glyphs);
  const changed = finder?.find(text);
  const content = cell(text, value, changed && { changed });
  const block = besides(" ", cell(indent + shown, width, { tone: "accent" }), [content]);
  return changed ? block : { ...block, firstChange: undefined };
}

function childrenOf(value: AttributeValue): [string, AttributeValue][] {
  if ("M" in value)
    return Object.keys(value.M)
      .sort()
      .map((name) => [name, value.M[name]!]);
  if ("L" in value) return value.L.map((element, index) => [`[${index}]`, element]);
  return [];
}

function outline(value: AttributeValue, count: number): string {
  return "M" in value ? `{ ${count} }` : `[ ${count} ]`;
}
