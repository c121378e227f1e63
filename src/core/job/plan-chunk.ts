import { inParallel } from "../in-parallel.ts";
import type { KeySchema, WireItem } from "../item/attribute-value.ts";
import { keyOf } from "../item/attribute-value.ts";
import { equalItems } from "../item/equal.ts";
import { keyString } from "../item/key-string.ts";
import type { Change } from "../restore/change.ts";
import { readPresent } from "../restore/plan-restore.ts";
import { PlanTally } from "../restore/plan-tally.ts";
import type { RestoreMode } from "../restore/restore-events.ts";
import type { RestoreRun } from "../restore/restore-run.ts";
import type { PartPage, PartPosition } from "../restore/restore-source.ts";
import type { Table } from "../table/table.ts";
import type { Chunk } from "./undo-chunk.ts";

const LOOKS_AT_ONCE = 2;
/** A chunk ends with so many changes, with so many bytes of them, or when its first look is so old: then they are written. */
const MOST_CHANGES = 500;
const MOST_BYTES = 1024 * 1024;
const LONGEST_MS = 2_000;
const MOST_KEYS = 20_000;

export interface ChunkPlanning {
  schema: KeySchema;
  mode: RestoreMode;
  /** Undefined: nothing can be in it. */
  table: Table | undefined;
  run: RestoreRun;
}

/** A part's pages; one that was asked for too early comes again. */
export class PageQueue {
  readonly #pages: AsyncGenerator<PartPage>;
  #back: PartPage | undefined;
  ended = false;

  constructor(pages: AsyncGenerator<PartPage>) {
    this.#pages = pages;
  }

  async next(): Promise<PartPage | undefined> {
    const back = this.#back;
    this.#back = undefined;
    if (back !== undefined || this.ended) return back;
    const { value, done } = await this.#pages.next();
    if (done) this.ended = true;
    return value as PartPage | undefined;
  }

  giveBack(page: PartPage): void {
    this.#back = page;
  }

  async close(): Promise<void> {
    await this.#pages.return(undefined);
  }
}

/**
 * Decides on the next records of a part, up to so many changes. A record that the part has twice comes in two chunks, so that the second is decided when
 * the first has been written. Undefined: there are no more.
 * @param enough ends the chunk when it has come further than `from`
 */
export async function planChunk(
  from: PartPosition | null,
  pages: PageQueue,
  { schema, mode, table, run }: ChunkPlanning,
  enough: () => boolean,
): Promise<{ chunk: Chunk; changes: Change[] } | undefined> {
  const changes: Change[] = [];
  const tally = new PlanTally({ add: (change) => changes.push(change) }, run.report);
  const keys = new Set<string>();
  const startedAt = performance.now();
  let upTo = from;
  let records = 0;
  let looking = 0;

  const isFull = () => {
    if (upTo === from) return false;
    if (enough()) return true;
    const { create, replace } = tally.plan.changes;
    const isLarge = changes.length >= MOST_CHANGES || create.bytes + replace.bytes >= MOST_BYTES;
    return isLarge || (changes.length > 0 && performance.now() - startedAt > LONGEST_MS);
  };

  async function* taken(): AsyncGenerator<Map<string, WireItem>> {
    while (!isFull()) {
      const page = await pages.next();
      if (page === undefined) return;
      // Of a record that comes twice in a page the last counts.
      const wanted = new Map(page.records.map(({ item }) => [keyString(item!, schema), item!]));
      if (keys.intersection(wanted).size > 0) return pages.giveBack(page);
      for (const key of wanted.keys()) keys.add(key);
      records += page.records.length;
      upTo = page.reached;
      run.report({ type: "read", end: "source", items: page.records.length });
      await run.gate.passed(run.signal);
      if (wanted.size > 0) {
        looking++;
        yield wanted;
      }
      // What is equal may come again without harm.
      if (changes.length === 0 && looking === 0 && keys.size > MOST_KEYS) keys.clear();
    }
  }

  await inParallel(taken(), LOOKS_AT_ONCE, async (wanted) => {
    const present = await look([...wanted.keys()]);
    looking--;
    for (const [key, after] of wanted) {
      const before = present.get(key);
      if (before === undefined) tally.add({ key: keyOf(after, schema), before, after });
      else if (equalItems(before, after)) tally.equal();
      else if (mode === "missing") tally.left("present");
      else tally.add({ key: keyOf(after, schema), before, after });
    }
  });

  async function look(wanted: readonly string[]): Promise<Map<string, WireItem>> {
    if (table === undefined) return new Map();
    const present = await readPresent(
      wanted.map((key) => ({ key })),
      table,
      schema,
      run,
    );
    run.report({ type: "read", end: "table", items: wanted.length });
    return present;
  }

  if (upTo === null || upTo === from) return undefined;
  return { chunk: { from, upTo, records, plan: tally.plan }, changes };
}
