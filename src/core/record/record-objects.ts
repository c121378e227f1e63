import type { RecordSide, RepairTarget } from "../diff/source.ts";
import { inParallel } from "../in-parallel.ts";
import { isOf, type RecordFolder } from "../incremental/record-folder.ts";
import { recordName } from "../incremental/record-object.ts";
import { setOwn, type WireItem, type WireKey } from "../item/attribute-value.ts";
import { keyString } from "../item/key-string.ts";

const READS_AT_ONCE = 16;

/** No attribute has an empty name, so what has one equals no item. */
const PROBLEM = "";

/**
 * A table's incremental folder for looking at single records: where a record's object is there and holds something else than this
 * record, an image stands for it that equals no item, so that it is told, and replaced or deleted. See {@link problemOf}.
 */
export function openRecordObjects(folder: RecordFolder): RecordSide & RepairTarget {
  const { schema } = folder.description;

  async function standIn(key: WireKey, signal: AbortSignal): Promise<WireItem | undefined> {
    const name = recordName(key, schema);
    const held = await folder.open(name, signal);
    // It may have come meanwhile.
    if (held === undefined || (typeof held === "object" && isOf(held, key, schema))) return held;
    const problem = typeof held === "string" ? held : "holds another record";
    const item = { ...key };
    setOwn(item, PROBLEM, { S: `object ${name} ${problem}` });
    return item;
  }

  return {
    ...folder,
    async read(keys, consistent, signal) {
      const items = await folder.read(keys, consistent, signal);
      const found = new Set(items.map((item) => keyString(item, schema)));
      const others = keys.filter((key) => !found.has(keyString(key, schema)));
      await inParallel(others, READS_AT_ONCE, async (key) => {
        const item = await standIn(key, signal);
        if (item !== undefined) items.push(item);
      });
      return items;
    },
  };
}

/** Why an image is none, if it isn't: it stands for an object that holds something else. */
export function problemOf(image: WireItem | undefined): string | undefined {
  const problem = image !== undefined && Object.hasOwn(image, PROBLEM) ? image[PROBLEM] : undefined;
  return problem !== undefined && "S" in problem ? problem.S : undefined;
}
