import type { AttributeValue, WireItem } from "../../../core/item/attribute-value.ts";

/** Finds a text in others; capitals count only when the text has some. */
export class TextFinder {
  readonly text: string;
  readonly #wanted: string;
  readonly #exact: boolean;

  constructor(text: string) {
    this.text = text;
    const lower = text.toLowerCase();
    this.#exact = lower !== text;
    this.#wanted = this.#exact ? text : lower;
  }

  /** UTF-16 units `[start, end)` of the first place. */
  find(text: string): readonly [number, number] | undefined {
    const lower = this.#exact ? text : text.toLowerCase();
    const start = lower.indexOf(this.#wanted);
    // Few letters grow when made small: the place is then not known in the text itself.
    if (start < 0) return undefined;
    return lower.length === text.length ? [start, start + this.#wanted.length] : [0, text.length];
  }

  /** Name of the first attribute, in the item's order, that has it anywhere in its values; binary as base64. */
  attributeIn(item: WireItem): string | undefined {
    for (const name of Object.keys(item)) if (this.#isIn(item[name]!)) return name;
    return undefined;
  }

  #isIn(value: AttributeValue): boolean {
    if ("M" in value) return this.attributeIn(value.M) !== undefined;
    if ("L" in value) return value.L.some((element) => this.#isIn(element));
    return scalars(value).some((text) => this.find(text) !== undefined);
  }
}

function scalars(value: Exclude<AttributeValue, { M: unknown } | { L: unknown }>): readonly string[] {
  if ("S" in value) return [value.S];
  if ("N" in value) return [value.N];
  if ("B" in value) return [value.B];
  if ("BOOL" in value) return [String(value.BOOL)];
  if ("NULL" in value) return ["null"];
  if ("SS" in value) return value.SS;
  if ("NS" in value) return value.NS;
  return value.BS;
}
