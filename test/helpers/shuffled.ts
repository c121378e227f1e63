import { keyOf, type WireItem } from "../../src/core/item/attribute-value.ts";
import { keyString } from "../../src/core/item/key-string.ts";
import type { Table } from "../../src/core/table/table.ts";

const PAGE = 1000;

export interface Shuffle {
  seed: number;
  /** Lay the items in other segments than DynamoDB did. */
  segments: boolean;
  /** Leave them in DynamoDB's order. */
  inOrder?: boolean;
  /** Items a page. */
  page?: number;
}

/** Makes a table hand out its items in another order and, if asked, in other segments than DynamoDB laid them in. */
export function shuffled(table: Table, how: Shuffle): Table {
  const { page: pageSize = PAGE } = how;
  let everything: Promise<Map<number, WireItem[]>> | undefined;

  /** Segment → items; read once, since every segment of ours may hold items of any of DynamoDB's. */
  async function layOut(segments: number, signal: AbortSignal): Promise<Map<number, WireItem[]>> {
    const laid = new Map<number, { item: WireItem; rank: bigint }[]>();
    for (let segment = 0; segment < segments; segment++) {
      for await (const page of table.scan(segment, segments, signal)) {
        for (const item of page) {
          const rank = Bun.hash.xxHash64(keyString(item, table.description.schema), BigInt(how.seed));
          const place = how.segments ? Number(rank % BigInt(segments)) : segment;
          const there = laid.get(place) ?? [];
          const order = how.inOrder ? BigInt(there.length) : Bun.hash.xxHash64(String(rank));
          there.push({ item, rank: order });
          laid.set(place, there);
        }
      }
    }
    return new Map(
      [...laid].map(([place, ranked]) => [
        place,
        ranked.sort((a, b) => (a.rank < b.rank ? -1 : 1)).map(({ item }) => item),
      ]),
    );
  }

  return {
    ...table,
    async *scan(segment, segments, signal, { after, page } = {}) {
      everything ??= layOut(segments, signal);
      const items = (await everything).get(segment) ?? [];
      const { schema } = table.description;
      const key = after && keyString(after, schema);
      const first = key === undefined ? 0 : items.findIndex((item) => keyString(item, schema) === key) + 1;
      // As DynamoDB does, an empty page at the end where there may have been more.
      for (let start = first; start <= items.length; start += pageSize) {
        const rest = items.slice(start, start + pageSize);
        page?.({
          readUnits: 0,
          last: start + pageSize > items.length ? undefined : keyOf(rest.at(-1)!, schema),
        });
        yield rest;
      }
    },
  };
}
