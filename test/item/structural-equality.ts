import type { AttributeValue, WireItem } from "../../src/core/item/attribute-value.ts";
import { equalDecimals } from "./decimal.ts";

/** Equality of items by walking both at once: no canonical form, so that it can judge one. */
export function structurallyEqual(a: WireItem, b: WireItem): boolean {
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && equalValue(a[name]!, b[name]!))
  );
}

function equalValue(a: AttributeValue, b: AttributeValue): boolean {
  if ("M" in a) return "M" in b && structurallyEqual(a.M, b.M);
  if ("L" in a) {
    return "L" in b && a.L.length === b.L.length && a.L.every((value, at) => equalValue(value, b.L[at]!));
  }
  if ("N" in a) return "N" in b && equalDecimals(a.N, b.N);
  if ("NS" in a) return "NS" in b && sameMembers(a.NS, b.NS, equalDecimals);
  if ("SS" in a) return "SS" in b && sameMembers(a.SS, b.SS, (left, right) => left === right);
  if ("BS" in a) return "BS" in b && sameMembers(a.BS, b.BS, (left, right) => left === right);
  if ("S" in a) return "S" in b && a.S === b.S;
  if ("B" in a) return "B" in b && a.B === b.B;
  if ("BOOL" in a) return "BOOL" in b && a.BOOL === b.BOOL;
  return "NULL" in b;
}

function sameMembers(a: string[], b: string[], same: (left: string, right: string) => boolean): boolean {
  const left = [...b];
  for (const member of a) {
    const found = left.findIndex((other) => same(member, other));
    if (found < 0) return false;
    left.splice(found, 1);
  }
  return left.length === 0;
}
