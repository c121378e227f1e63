import type { TestPlace } from "../helpers/stores.ts";

/** What counts of a segment, by the documentation alone. */
export interface Counted {
  /** Numbers of the records that there are, ascending. */
  numbers: number[];
  /** The one that counts. */
  record: {
    worker: string;
    epoch: number;
    until: string;
    status: string;
    checkpoint: unknown;
    totals: unknown;
    parts: string[];
  };
  /** Of the parts that count, one after the other. */
  lines: string[];
}

export async function countedOf(place: TestPlace, segment: number): Promise<Counted | undefined> {
  const keys = await place.keys(`segments/${segment}`);
  const last = keys.at(-1);
  if (last === undefined) return undefined;
  const numbers = keys.map((key) => Number(key.split("/")[2]?.replace(".json", "")));
  const record = JSON.parse((await place.get(last))!.toString());
  const parts = await Promise.all(
    record.parts.map(async (name: string) => (await place.get(`parts/${segment}/${name}`))!.toString()),
  );
  const lines = parts.join("").split("\n").slice(0, -1);
  return { numbers, record, lines };
}
