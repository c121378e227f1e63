import { DdbrError } from "../errors.ts";
import type { KeyAttribute, KeySchema, WireItem } from "../item/attribute-value.ts";
import { humanJson } from "../item/human.ts";
import { keyFromString } from "../item/key-string.ts";
import { describeSchema } from "../table/describe.ts";
import type { RestoreSource } from "./restore-source.ts";

/** An object of a folder is no record any more: its record must not pass for one that is absent. */
export function unreadable({ name }: RestoreSource, object: string, reason: string): DdbrError {
  return new DdbrError(
    "damaged",
    `its object ${object} ${reason}: what should be of that record is not known`,
    {
      subject: name,
      hint: "mend or delete the object (incremental-diff names the record), or leave --mode replace away",
    },
  );
}

/** An item has not got the table's key. */
export function strangerIn({ name }: RestoreSource, schema: KeySchema): DdbrError {
  return new DdbrError("schema", `holds an item without the table's key, ${describeSchema(schema)}`, {
    subject: name,
    hint: "it is a backup of another table",
  });
}

/** Base64 can say the same bytes in several ways, which must not pass for several records. @throws DdbrError `damaged` */
export function refuseMisspelt({ name }: RestoreSource, schema: KeySchema, image: WireItem): void {
  for (const { name: attribute, type } of schema) {
    const { B: text } = image[attribute] as { B: string };
    if (type !== "B" || Buffer.from(text, "base64").toString("base64") === text) continue;
    throw new DdbrError(
      "damaged",
      `holds a binary key that is not spelled as DynamoDB does: ${JSON.stringify(text)}`,
      {
        subject: name,
        hint: "it is base64 with padding, and nothing else",
      },
    );
  }
}

/**
 * Refuses a source that is known to tell records apart by what the table's key has not got: they would overwrite one another.
 * @throws DdbrError `schema`
 */
export function refuseOtherKey({ name, schema: theirs }: RestoreSource, schema: KeySchema): void {
  const isOurs = (attribute: KeyAttribute) =>
    schema.some((ours) => ours.name === attribute.name && ours.type === attribute.type);
  if (theirs === undefined || theirs.every(isOurs)) return;
  throw new DdbrError(
    "schema",
    `is of a table whose key is ${describeSchema(theirs)}, not ${describeSchema(schema)}`,
    {
      subject: name,
      hint: "its records would overwrite one another: name a table with the same key",
    },
  );
}

/** An export has each record of its table once: where it has not, its table had another key. @param key as a key string */
export function repeatedIn({ name }: RestoreSource, schema: KeySchema, key: string): DdbrError {
  const record = humanJson(keyFromString(key, schema));
  return new DdbrError("schema", `holds the record ${record} more than once, each time another`, {
    subject: name,
    hint: "it is a backup of a table with another key",
  });
}
