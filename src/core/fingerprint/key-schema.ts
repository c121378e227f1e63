import { DdbrError } from "../errors.ts";
import type { KeyAttribute, KeySchema, KeyType } from "../item/attribute-value.ts";

/** A key as it is typed: `id:S`, or `id:S,at:N`. @throws DdbrError `usage` */
export function parseKeySchema(option: string, text: string): KeySchema {
  const [partition, sort, ...more] = text.split(",").map(attributeOf);
  if (partition !== undefined && more.length === 0 && partition.name !== sort?.name) {
    if (sort !== undefined) return [partition, sort];
    return [partition];
  }
  throw wrong(option, text);

  function attributeOf(part: string): KeyAttribute {
    const colon = part.lastIndexOf(":");
    const type = part.slice(colon + 1);
    if (colon < 1 || !/^[SNB]$/.test(type)) throw wrong(option, text);
    return { name: part.slice(0, colon), type: type as KeyType };
  }
}

function wrong(option: string, text: string): DdbrError {
  return new DdbrError(
    "usage",
    `${option} is ${JSON.stringify(text)}, not one or two attributes with their types`,
    {
      hint: "it looks like id:S, or id:S,at:N; types are S, N and B",
    },
  );
}
