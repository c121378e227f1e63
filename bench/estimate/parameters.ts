import { join } from "node:path";
import { type Costs, type CpuCost, VERIFYING_SHARE } from "../../src/core/estimate/parameters.ts";
import type { WireItem } from "../../src/core/item/attribute-value.ts";
import { itemSize } from "../../src/core/item/size.ts";
import { order } from "../../test/helpers/orders.ts";
import type { Item } from "../../test/helpers/table.ts";
import { another, JOBS, type Places, type Step } from "./jobs.ts";
import { measured } from "./measured.ts";
import { MANY, SEGMENTS } from "./sizes.ts";

/** Processor time of what is measured for the parameters: a run, or one without another. */
const PARAMETERS: Record<keyof Omit<Costs, "start">, { of: Step; without?: [keyof Costs, times: number][] }> =
  {
    comparing: {
      of: {
        share: 1,
        hasReplica: true,
        words: ({ primary, replica }) => ["diff-tables", primary.location, replica.location],
      },
    },
    dumping: { of: { share: 1, words: (places) => dump(places, "none") } },
    compressing: { of: { share: 1, words: (places) => dump(places, "gzip") }, without: [["dumping", 1]] },
    object: { of: JOBS["compare with a folder on S3"]! },
    reading: {
      of: {
        share: 1,
        before: ({ primary, folder }) => ["backup-table", primary.location, folder, "--jobid", primary.name],
        words: ({ primary, folder }) => [
          ...[
            "restore-table",
            join(folder, primary.name),
            primary.location,
            "--mode",
            "replace",
            "--dry-run",
          ],
        ],
      },
    },
    writing: { of: JOBS["restore into an empty table"]!, without: [["reading", 1 + VERIFYING_SHARE]] },
    filling: {
      of: {
        share: 0.1,
        before: ({ primary, folder }) => ["backup-table", primary.location, folder, "--jobid", primary.name],
        words: ({ primary, empty, folder }) => [
          ...["restore-table", join(folder, primary.name), `${empty.location}-made`, "--create", "--yes"],
          ...["--undo-file", join(folder, `${another()}.ndjson`)],
        ],
      },
      without: [["reading", 1 + VERIFYING_SHARE]],
    },
  };

function dump({ primary, folder }: Places, compression: string): string[] {
  return ["backup-table", primary.location, folder, "--jobid", another(), "--compress", compression];
}

/** Two sizes of items give two equations. Prints each cost, or those that are named, each after those that are taken off it. */
export async function parameters(names: readonly string[]): Promise<void> {
  const found = new Map<string, CpuCost>();
  for (const [name, { of, without = [] }] of Object.entries(PARAMETERS)) {
    if (names.length > 0 && !names.includes(name)) continue;
    const start = await measured(of, () => orders(1), SEGMENTS);
    const itemOf = async (items: number, lines: number) => {
      const { cpuMs, stored } = await measured(of, () => orders(items, lines), SEGMENTS);
      const ratio = stored / (items * bytesOf(lines));
      if (ratio > 0) console.log(`  stored ${ratio.toFixed(2)} bytes for each of items of ${bytesOf(lines)}`);
      return ((cpuMs - start.cpuMs) * 1000) / items;
    };
    const many = MANY * of.share;
    const [small, large] = [await itemOf(many, 0), await itemOf(many / 4, LINES)];
    const kb = ((large - small) * 1000) / (bytesOf(LINES) - bytesOf(0));
    const cost = { item: small - (kb * bytesOf(0)) / 1000, kb };
    for (const [other, times] of without) {
      cost.item -= found.get(other)!.item * times;
      cost.kb -= found.get(other)!.kb * times;
    }
    found.set(name, cost);
    const [item, more, seconds] = [cost.item.toFixed(1), cost.kb.toFixed(1), start.seconds.toFixed(2)];
    console.log(`${name}: ${item} µs an item, ${more} µs for 1,000 bytes; starts in ${seconds} s`);
  }
}

/** A large order has so many lines, and a text of so many bytes: about 4,000 in all, of which a third is small values. */
const LINES = 20;
const TEXT_BYTES = 2400;

function bytesOf(lines: number): number {
  return itemSize([...orders(1, lines)][0] as WireItem);
}

function* orders(count: number, lines = 0): Generator<Item> {
  for (let index = 0; index < count; index++) {
    const item = {
      ...order(`order-${String(index).padStart(6, "0")}`),
      note: { S: text(index, NOTE_BYTES) },
    };
    if (lines === 0) yield item;
    else {
      const all = Array.from({ length: lines }, (_, line) => lineOf(line + index));
      yield { ...item, lines: { L: all }, text: { S: text(index, TEXT_BYTES) } };
    }
  }
}

const NOTE_BYTES = 150;
const WORDS =
  "the order was sent with two parcels on friday because one of them had been lost near a harbour".split(" ");

/** Text that shrinks as text does: words as chance has it, the same each time. */
function text(seed: number, bytes: number): string {
  let state = seed * 2_654_435_761 + 1;
  let words = "";
  while (words.length < bytes) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    words += `${WORDS[(state >>> 16) % WORDS.length]} `;
  }
  return words.slice(0, bytes);
}

function lineOf(line: number): Item[string] {
  return {
    M: {
      article: { S: `article-${String(line).padStart(8, "0")}` },
      pieces: { N: String(10 + (line % 90)) },
      price: { N: (line * 1.37 + 10).toFixed(2) },
      note: { S: "as a present" },
    },
  };
}
