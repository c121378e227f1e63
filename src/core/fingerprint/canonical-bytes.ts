import type { AttributeValue, WireItem } from "../item/attribute-value.ts";
import type { Ignored } from "../item/canonical.ts";
import { canonicalNumber } from "../item/number.ts";
import { ByteBuffer } from "./byte-buffer.ts";
import { shortNumber } from "./short-number.ts";

/** The attribute names of a map in the order they came, and what the canonical form makes of them. */
interface Shape {
  readonly given: readonly string[];
  readonly head: Uint8Array;
  readonly names: readonly string[];
  /** The length and the name, as they stand before the value. */
  readonly prefixes: readonly Uint8Array[];
  /** Of values that are maps, or hold some. */
  readonly inner: Shapes;
}

/** The shapes that maps in a place have had lately, by the attribute's name. */
type Shapes = Map<string, Shape[]>;

/** A table may hold items of several kinds; more than these are told apart anew each time. */
const MOST_SHAPES = 8;

const S = "S".charCodeAt(0);
const N = "N".charCodeAt(0);
const SEMICOLON = ";".charCodeAt(0);
/** The item's own place. */
const WHOLE = "";
const ENCODER = new TextEncoder();

/**
 * The UTF-8 bytes of `canonicalItem` (src/core/item/canonical.ts), made without making its text: this is what a
 * fingerprint costs, for every item of a table. Items of a table mostly have the same attributes in the same order, so the orders
 * met lately are tried before names are sorted.
 */
export class CanonicalBytes {
  readonly #buffer = new ByteBuffer();
  readonly #ignored: Ignored | undefined;
  readonly #shapes: Shapes = new Map();

  constructor(ignored?: Ignored) {
    this.#ignored = ignored;
  }

  /** Good until the next call. */
  of(item: WireItem): Uint8Array {
    const end = this.#map(item, this.#shapes, WHOLE, this.#ignored, 0);
    return this.#buffer.bytes.subarray(0, end);
  }

  #map(map: WireItem, shapes: Shapes, place: string, ignored: Ignored | undefined, from: number): number {
    const shape = knownShape(map, shapes.get(place)) ?? newShape(map, shapes, place, ignored);
    const { names, prefixes, inner } = shape;
    let at = this.#buffer.copy(shape.head, from);
    for (let index = 0; index < names.length; index++) {
      const name = names[index]!;
      at = this.#buffer.copy(prefixes[index]!, at);
      at = this.#value(map[name]!, inner, name, at);
    }
    return at;
  }

  /** There is room for a few bytes at `at`, and where it ends. */
  #value(value: AttributeValue, shapes: Shapes, place: string, at: number): number {
    const buffer = this.#buffer;
    for (const tag in value) {
      const content = (value as Record<string, unknown>)[tag];
      switch (tag) {
        case "S":
          buffer.bytes[at] = S;
          return buffer.counted(content as string, at + 1);
        case "N":
          buffer.bytes[at] = N;
          return this.#number(content as string, at + 1);
        case "M":
          return this.#map(content as WireItem, shapes, place, undefined, at);
        case "B":
          return buffer.counted(content as string, buffer.text(tag, at));
        case "BOOL":
          return buffer.text(content ? "T" : "F", at);
        case "NULL":
          return buffer.text("0", at);
        case "L":
          return this.#list(content as AttributeValue[], shapes, place, at);
        case "NS":
          return this.#set(tag, (content as string[]).map(canonicalNumber), at);
        default:
          return this.#set(tag, content as string[], at);
      }
    }
    return at;
  }

  #number(text: string, from: number): number {
    const buffer = this.#buffer;
    const at = shortNumber(text, buffer, from) ?? buffer.text(canonicalNumber(text), from);
    buffer.bytes[at] = SEMICOLON;
    return at + 1;
  }

  #list(values: readonly AttributeValue[], shapes: Shapes, place: string, from: number): number {
    let at = this.#buffer.count(values.length, this.#buffer.text("L", from));
    for (const value of values) {
      this.#buffer.room(at);
      at = this.#value(value, shapes, place, at);
    }
    return at;
  }

  #set(tag: string, members: readonly string[], from: number): number {
    let at = this.#buffer.count(members.length, this.#buffer.text(tag, from));
    for (const member of inOrder(members)) at = this.#buffer.counted(member, at);
    return at;
  }
}

function knownShape(map: WireItem, known: readonly Shape[] | undefined): Shape | undefined {
  if (known === undefined) return undefined;
  for (const shape of known) if (isOfShape(map, shape.given)) return shape;
  return undefined;
}

function newShape(map: WireItem, shapes: Shapes, place: string, ignored?: Ignored): Shape {
  const shape = shapeOf(map, ignored);
  const known = shapes.get(place);
  if (known === undefined) shapes.set(place, [shape]);
  else if (known.unshift(shape) > MOST_SHAPES) known.pop();
  return shape;
}

function isOfShape(map: WireItem, given: readonly string[]): boolean {
  let index = 0;
  for (const name in map) if (given[index++] !== name) return false;
  return index === given.length;
}

function shapeOf(map: WireItem, ignored?: Ignored): Shape {
  const given = Object.keys(map);
  const names = (ignored === undefined ? given : given.filter((name) => !ignored(name))).toSorted();
  return {
    given,
    head: ENCODER.encode(`M${names.length}:`),
    names,
    prefixes: names.map((name) => ENCODER.encode(`${name.length}:${name}`)),
    inner: new Map(),
  };
}

/** Most sets have few members: the engine's own sorting costs more to begin than it saves. */
const FEW = 8;

function inOrder(members: readonly string[]): readonly string[] {
  if (members.length > FEW) return members.toSorted();
  let sorted = members as string[];
  for (let index = 1; index < members.length; index++) {
    const member = sorted[index]!;
    let at = index;
    while (at > 0 && sorted[at - 1]! > member) at--;
    if (at === index) continue;
    if (sorted === members) sorted = members.slice();
    sorted.copyWithin(at + 1, at, index);
    sorted[at] = member;
  }
  return sorted;
}
