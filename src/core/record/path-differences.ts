import type { AttributeValue, WireItem } from "../item/attribute-value.ts";
import type { Ignored } from "../item/canonical.ts";
import { equalValues } from "../item/equal.ts";

/** One place where two items differ; a side that has nothing there is left out. */
export interface PathDifference {
  /** As DynamoDB's expressions write it: `m.y[0]`; names that aren't plain are quoted as in JSON: `m."a.b"`. */
  path: string;
  before?: AttributeValue;
  after?: AttributeValue;
}

/** One attribute of two items; a side that hasn't got it is left out. */
export interface ComparedAttribute {
  name: string;
  before?: AttributeValue;
  after?: AttributeValue;
  /** None: it is equal. */
  differences: PathDifference[];
}

/** What sets two items apart, down to the innermost place, in ascending order of names. */
export function pathDifferences(
  before: WireItem | undefined,
  after: WireItem | undefined,
  ignored?: Ignored,
): PathDifference[] {
  return comparedAttributes(before, after, ignored).flatMap(({ differences }) => differences);
}

/** Every attribute of the two items, in ascending order of names. */
export function comparedAttributes(
  before: WireItem | undefined = {},
  after: WireItem | undefined = {},
  ignored?: Ignored,
): ComparedAttribute[] {
  return namesOf(before, after)
    .filter((name) => !ignored?.(name))
    .map((name) => {
      const [ours, theirs] = [own(before, name), own(after, name)];
      const differences = [...valueDifferences(ours, theirs, quoted(name))];
      return { name, ...(ours && { before: ours }), ...(theirs && { after: theirs }), differences };
    });
}

function* valueDifferences(
  before: AttributeValue | undefined,
  after: AttributeValue | undefined,
  path: string,
): Generator<PathDifference> {
  if (before === undefined || after === undefined) {
    yield { path, ...(before && { before }), ...(after && { after }) };
  } else if ("M" in before && "M" in after) {
    for (const name of namesOf(before.M, after.M)) {
      yield* valueDifferences(own(before.M, name), own(after.M, name), `${path}.${quoted(name)}`);
    }
  } else if ("L" in before && "L" in after) {
    for (let index = 0; index < Math.max(before.L.length, after.L.length); index++) {
      yield* valueDifferences(before.L[index], after.L[index], `${path}[${index}]`);
    }
  } else if (!equalValues(before, after)) {
    yield { path, before, after };
  }
}

function namesOf(before: WireItem, after: WireItem): string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
}

function own(map: WireItem, name: string): AttributeValue | undefined {
  return Object.hasOwn(map, name) ? map[name] : undefined;
}

function quoted(name: string): string {
  return /^[A-Za-z_][A-Za-z0-9_-]*$/.test(name) ? name : JSON.stringify(name);
}
