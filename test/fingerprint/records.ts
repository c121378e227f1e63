import type { Item } from "../helpers/table.ts";
import type { Wire } from "./documented.ts";

export const KEY = ["id", "at"];
export const COMPOSITE = { hash: { name: "id", type: "S" }, range: { name: "at", type: "N" } } as const;

/** Items of every type, numbers spelled as DynamoDB returns them. */
export function records(count: number): Wire[] {
  return Array.from({ length: count }, (_, index) => ({
    id: { S: `id-${index % 7}-é` },
    at: { N: `${index * 10 + (index % 3 ? 0 : 0.5)}` },
    total: { N: `${index}.37` },
    large: { N: "12345678901234567890123456789012345678" },
    bytes: { B: Buffer.from([index % 256, 255, 0]).toString("base64") },
    tags: { SS: ["gift", `tag-${index}`, "Express"] },
    numbers: { NS: ["1", `${index + 2}`, "0.5"] },
    blobs: { BS: ["AAE=", "/w=="] },
    "aws:rep:updatetime": { N: "1" },
    nested: {
      M: { yes: { BOOL: true }, none: { NULL: true }, list: { L: [{ S: "" }, { M: {} }, { N: "-7" }] } },
    },
    ...(index % 4 === 0 && { [`only-${index}`]: { S: "x" } }),
  }));
}

/** The same in other words: attributes and members of sets the other way round, numbers with zeros. */
export function respelled(value: unknown, tag = ""): unknown {
  if (tag === "N") return number(value as string);
  if (tag === "NS") return (value as string[]).map(number).reverse();
  if (tag === "SS" || tag === "BS") return (value as string[]).toReversed();
  if (tag === "L") return (value as unknown[]).map((element) => respelled(element));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([name, inner]) => [name, respelled(inner, name)]);
  return Object.fromEntries(entries.reverse());
}

const number = (text: string) => (text.length > 30 ? text : `${text}${text.includes(".") ? "0" : ".00"}e0`);

/** As the SDK takes it: binary as bytes. */
export function asItem(record: Wire): Item {
  return Object.fromEntries(
    Object.entries(record).map(([name, value]) => [name, typed(value as Wire)]),
  ) as Item;
}

function typed(value: Wire): unknown {
  const bytes = (text: string) => Uint8Array.from(Buffer.from(text, "base64"));
  const { B, BS, L, M } = value as { B?: string; BS?: string[]; L?: Wire[]; M?: Record<string, Wire> };
  if (B !== undefined) return { B: bytes(B) };
  if (BS !== undefined) return { BS: BS.map(bytes) };
  if (L !== undefined) return { L: L.map(typed) };
  if (M !== undefined) return { M: asItem(M) };
  return value;
}
