import type { WireItem } from "../../src/core/item/attribute-value.ts";
import { keyString } from "../../src/core/item/key-string.ts";
import type { Table } from "../../src/core/table/table.ts";

const PAGE = 1000;

/** Makes a table hand out its items in another order and, if asked, in other segments than DynamoDB laid them in. */
export function shuffled(table: Table, how: { seed: number; segments: boolean }): Table {
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
          there.push({ item, rank: Bun.hash.xxHash64(String(rank)) });
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
    async *scan(segment, segments, signal) {
      everything ??= layOut(segments, signal);
      const items = (await everything).get(segment) ?? [];
      for (let start = 0; start < items.length; start += PAGE) yield items.slice(start, start + PAGE);
    },
  };
}
