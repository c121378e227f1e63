import { type AttributeValue, setOwn, type WireKey } from "../item/attribute-value.ts";
import type { DiffEvent } from "./diff-events.ts";
import { type AttributeDifference, DISCREPANCY_KINDS, type DiscrepancyKind } from "./discrepancy.ts";

/** What differs, by attribute name; a side that has not got an attribute is left out. */
export type AttributesObject = Record<string, { primary?: AttributeValue; replica?: AttributeValue }>;

export function attributesObject(attributes: readonly AttributeDifference[]): AttributesObject {
  const object: AttributesObject = {};
  for (const { name, ...values } of attributes) setOwn(object, name, values);
  return object;
}

/** What a report says of an event (docs/formats.md); undefined for events that it leaves out. */
export function reportLine(event: DiffEvent): object | undefined {
  switch (event.type) {
    case "discrepancy": {
      const { kind, key, attributes } = event.discrepancy;
      return { kind, key, attributes: attributesObject(attributes) };
    }
    case "duplicate": {
      const { type: kind, ...fields } = event;
      return { kind, ...fields };
    }
    case "undone":
      return { kind: "undone", ...event.undone };
    default:
      return undefined;
  }
}

/** What a part of a report says, which many workers write for one: more than the report itself. */
export function partLine(event: DiffEvent): object | undefined {
  switch (event.type) {
    case "repaired":
    case "foreign":
    case "duplicate-deleted": {
      const { type: kind, ...fields } = event;
      return { kind, ...fields };
    }
    default:
      return reportLine(event);
  }
}

/** The event that {@link partLine} made a line of; undefined for a line that it has not made. */
export function eventOfLine(line: string): DiffEvent | undefined {
  const { kind, ...fields } = JSON.parse(line) as {
    kind: string;
    key: WireKey;
    attributes: AttributesObject;
  };
  if (isDiscrepancy(kind)) {
    const attributes = Object.entries(fields.attributes).map(([name, values]) => ({ name, ...values }));
    return { type: "discrepancy", discrepancy: { kind, key: fields.key, attributes } };
  }
  if (kind === "undone") return { type: "undone", undone: fields as never };
  return AS_THEY_ARE.has(kind) ? ({ type: kind, ...fields } as never) : undefined;
}

/** Kinds of events whose lines hold just what they hold. */
const AS_THEY_ARE: ReadonlySet<string> = new Set(["duplicate", "repaired", "foreign", "duplicate-deleted"]);

function isDiscrepancy(kind: string): kind is DiscrepancyKind {
  return (DISCREPANCY_KINDS as readonly string[]).includes(kind);
}
