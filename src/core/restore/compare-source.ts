import { setImmediate } from "node:timers/promises";
import { PARTITIONS } from "../diff/partitioned-spool.ts";
import { hasKey } from "../incremental/record-folder.ts";
import { isRecordName } from "../incremental/record-object.ts";
import type { KeySchema, WireItem } from "../item/attribute-value.ts";
import { equalValues } from "../item/equal.ts";
import { humanJson } from "../item/human.ts";
import { keyFromString, keyString } from "../item/key-string.ts";
import type { KeyList } from "../record/key-list.ts";
import type { Table } from "../table/table.ts";
import { DigestSpool, ImageSpool, type SpooledRecord } from "./image-spool.ts";
import { READ_BATCH, readTable, type TableScan } from "./read-table.ts";
import { refuseMisspelt, repeatedIn, strangerIn, unreadable } from "./refuse-source.ts";
import type { RestoreMode } from "./restore-events.ts";
import type { RestoreRun } from "./restore-run.ts";
import type { RestoreSource, SourceRecord } from "./restore-source.ts";
import { type Selection, selects } from "./selection.ts";

export interface SourceComparison {
  source: RestoreSource;
  schema: KeySchema;
  mode: RestoreMode;
  selection: Selection;
  scan: TableScan;
}

/**
 * A record of which the source and the table don't say the same. `wanted`: the source's, undefined when the table alone has
 * the record; `there`: whether the table has it.
 */
export interface Difference {
  key: string;
  wanted: SpooledRecord | undefined;
  there: boolean;
}

/** After so many records others have their turn: signals, and what is shown. Nothing else is waited for where a table is empty. */
const RECORDS_AT_ONCE = 1_000;

/** What a mode does about a difference. */
export type Treatment = "write" | "extraneous" | "present";

/** Compares what a source says with what a table holds: the source is read once, the table as often as one wants to know. */
export class ComparedSource {
  readonly #options: SourceComparison;
  readonly #spool: ImageSpool;
  #isTold = false;

  constructor(options: SourceComparison) {
    this.#options = options;
    this.#spool = new ImageSpool(options.schema);
  }

  /** Reads the source and checks it. */
  async read(run: RestoreRun): Promise<void> {
    const { source, schema, selection, mode } = this.#options;
    const { keys, partition, where } = selection;
    const listener = {
      foreign(object: string, reason: string) {
        // Its record would be taken for one that is absent.
        if (mode === "replace" && isRecordName(object)) throw unreadable(source, object, reason);
        run.report({ type: "foreign", object, reason });
      },
    };
    const take = (records: SourceRecord[]) => {
      for (const record of records) {
        const image = record.item ?? record.deleted;
        if (!hasKey(image, schema)) throw strangerIn(source, schema);
        refuseMisspelt(source, schema, image);
        if (partition !== undefined && !equalValues(partition, image[schema[0].name]!)) continue;
        // Of what is deleted only the key is known: the image that the table has decides.
        const isSelected = record.item === undefined ? where.length === 0 : selects(selection, schema, image);
        this.#spool.add(record, isSelected);
      }
      run.report({ type: "read", end: "source", items: records.length });
    };
    if (keys !== undefined && source.find !== undefined) {
      for (const batch of keys.batches(READ_BATCH)) {
        const found = await source.find(batch, schema, run.signal);
        take(found.map((item) => ({ item })));
        await run.gate.passed(run.signal);
      }
      return;
    }
    const wanted = keys && keyStrings(keys, schema);
    for await (const page of source.records(run.signal, listener)) {
      take(
        wanted === undefined
          ? page
          : page.filter(({ item, deleted }) => {
              const image = item ?? deleted;
              return !hasKey(image, schema) || wanted.has(keyString(image, schema));
            }),
      );
      await run.gate.passed(run.signal);
    }
  }

  /**
   * Reads the table, as far as it is selected.
   * @param table undefined: it is still to be made, and so is empty
   */
  async readTable(table: Table | undefined, run: RestoreRun): Promise<DigestSpool> {
    const { schema, selection, scan } = this.#options;
    const seen = new DigestSpool(schema);
    if (table === undefined) return seen;
    try {
      await readTable(table, selection, scan, run, (page) => {
        for (const item of page) seen.add(item, selects(selection, schema, item));
      });
      return seen;
    } catch (error) {
      seen.close();
      throw error;
    }
  }

  /** Passes on where the table differs; how many records are equal. */
  async differences(
    seen: DigestSpool,
    run: RestoreRun,
    found: (difference: Difference) => Promise<void> | void,
  ): Promise<number> {
    let equal = 0;
    const contradicted = (key: string) => this.#tellContradiction(key, run);
    let looked = 0;
    for (let partition = 0; partition < PARTITIONS; partition++) {
      run.signal.throwIfAborted();
      const there = seen.partition(partition);
      for (const [key, wanted] of this.#spool.partition(partition, contradicted)) {
        if (++looked % RECORDS_AT_ONCE === 0) {
          await setImmediate();
          run.signal.throwIfAborted();
        }
        const present = there.get(key);
        there.delete(key);
        if (!(wanted.selected || present?.selected)) continue;
        if (wanted.digest === present?.digest) equal++;
        else await found({ key, wanted, there: present !== undefined });
      }
      for (const [key, { selected }] of there) {
        if (selected) await found({ key, wanted: undefined, there: true });
      }
    }
    return equal;
  }

  treatment({ wanted, there }: Difference): Treatment {
    const { mode } = this.#options;
    if (wanted === undefined) return mode === "replace" ? "write" : "extraneous";
    return there && mode === "missing" ? "present" : "write";
  }

  /** Whether a difference still is one of those asked for, now that the record has been looked at again. */
  selects({ wanted }: Difference, present: WireItem | undefined): boolean {
    const { selection, schema } = this.#options;
    return wanted?.selected === true || (present !== undefined && selects(selection, schema, present));
  }

  image(wanted: SpooledRecord | undefined): WireItem | undefined {
    return wanted && this.#spool.image(wanted);
  }

  close(): void {
    this.#spool.close();
  }

  /**
   * An export has each record of its table once: where it has not, its table had another key. What was gathered while the table was in use
   * may have met a record twice.
   */
  #tellContradiction(key: string, { report }: RestoreRun): void {
    const { source, schema } = this.#options;
    if (source.kind === "export" || source.kind === "changes") throw repeatedIn(source, schema, key);
    if (this.#isTold) return;
    this.#isTold = true;
    const record = humanJson(keyFromString(key, schema));
    const message = `the source holds records more than once, each time others, such as ${record}: of these the last counts; it may be of a table with another key`;
    report({ type: "warning", message });
  }
}

function keyStrings(keys: KeyList, schema: KeySchema): Set<string> {
  const strings = new Set<string>();
  for (const batch of keys.batches(READ_BATCH)) {
    for (const key of batch) strings.add(keyString(key, schema));
  }
  return strings;
}
