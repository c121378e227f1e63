import type { Discrepancy } from "../../../core/diff/discrepancy.ts";
import { escapeForTerminal } from "../../../core/escape.ts";
import type { WireKey } from "../../../core/item/attribute-value.ts";
import { humanJson } from "../../../core/item/human.ts";
import { cut } from "../../format/text.ts";

/** What a row of the list shows: safe to print, bounded however big the record is. */
export interface RowSummary {
  key: string;
  /** Names of the attributes that differ. */
  attributes: string;
}

/** As it lies in the spool, one line of JSON ahead of the line with the attributes' values. */
export interface RowHead {
  key: WireKey;
  names: string[];
  /** Names left out of `names`. */
  more: number;
}

/** UTF-16 units: more than the widest screen shows. */
const LONGEST = 500;

export function headOf({ key, attributes }: Discrepancy): RowHead {
  const names: string[] = [];
  let room = LONGEST;
  for (const { name } of attributes) {
    if (room <= 0) break;
    names.push(cut(name, LONGEST));
    room -= name.length;
  }
  return { key, names, more: attributes.length - names.length };
}

export function summaryOf({ key, names, more }: RowHead): RowSummary {
  const listed = names.map(escapeForTerminal).join(", ");
  return {
    key: cut(humanJson(key), LONGEST),
    attributes: more > 0 ? `${listed}, and ${more} more` : listed,
  };
}
