import fc from "fast-check";
import type { AttributeValue, WireItem } from "../../src/core/item/attribute-value.ts";

type Draw = () => number;

/** The same item in other words: attributes and set members shuffled, numbers spelled differently. */
export const respelling: fc.Arbitrary<(item: WireItem) => WireItem> = fc
  .infiniteStream(fc.nat(0xffff))
  .map((stream) => {
    const draw: Draw = () => stream.next().value ?? 0;
    return (item) => respellItem(item, draw);
  });

function respellItem(item: WireItem, draw: Draw): WireItem {
  return Object.fromEntries(
    shuffled(Object.entries(item), draw).map(([name, value]) => [name, respell(value, draw)]),
  );
}

function respell(value: AttributeValue, draw: Draw): AttributeValue {
  if ("N" in value) return { N: respellNumber(value.N, draw) };
  if ("NS" in value) return { NS: shuffled(value.NS, draw).map((member) => respellNumber(member, draw)) };
  if ("SS" in value) return { SS: shuffled(value.SS, draw) };
  if ("BS" in value) return { BS: shuffled(value.BS, draw) };
  if ("L" in value) return { L: value.L.map((element) => respell(element, draw)) };
  if ("M" in value) return { M: respellItem(value.M, draw) };
  return { ...value };
}

function respellNumber(text: string, draw: Draw): string {
  const [mantissa = "", power = "0"] = text.split(/e/i);
  const padded = mantissa.includes(".") ? `${mantissa}00` : `${mantissa}.0`;
  return [text, `${padded}e${power}`, `${padded}E${Number(power) < 0 ? power : `+${Number(power)}`}`][
    draw() % 3
  ]!;
}

function shuffled<Element>(list: readonly Element[], draw: Draw): Element[] {
  const result = [...list];
  for (let at = result.length - 1; at > 0; at--) {
    const other = draw() % (at + 1);
    [result[at], result[other]] = [result[other]!, result[at]!];
  }
  return result;
}
