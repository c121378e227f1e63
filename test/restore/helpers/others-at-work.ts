import { expect } from "bun:test";
import type { Dice } from "../../../src/core/demo/dice.ts";
import type { WireItem } from "../../../src/core/item/attribute-value.ts";
import type { Change } from "../../../src/core/restore/change.ts";
import type { TestTable } from "../../helpers/table.ts";
import { byId } from "./changes.ts";
import { specialItem } from "./items.ts";

/** Writes to the table as others do, one write after the other, and knows what is there by that. */
export function othersAtWork(table: TestTable, dice: Dice) {
  const last = new Map<string, WireItem | undefined>();
  let writes = 0;
  let writing = Promise.resolve();
  const write = async (id: string) => {
    const item = dice.chance(0.2) ? undefined : { ...specialItem(id, dice), theirs: { N: `${++writes}` } };
    await (item === undefined ? table.delete({ id: { S: id } }) : table.put(item));
    last.set(id, item && byId([item]).get(id));
  };
  return {
    last,
    write: (id: string) => {
      writing = writing.then(() => write(id));
      return writing;
    },
    /** Every record is what they have written last, or else what it was to be. */
    async check(changes: readonly Change[], after: Map<string, WireItem>) {
      await writing;
      const now = byId(await table.items());
      for (const [id, item] of last) {
        // Where they delete, we may create.
        if (item !== undefined) expect(now.get(id), id).toEqual(item);
      }
      for (const { key } of changes) {
        const id = (key.id as { S: string }).S;
        if (!last.has(id)) expect(now.get(id), id).toEqual(after.get(id));
      }
    },
  };
}
