import { DdbrError } from "../../errors.ts";
import { inParallel } from "../../in-parallel.ts";
import { LOST, versionAt } from "../../incremental/folder-at.ts";
import { isOf, namesOf } from "../../incremental/record-folder.ts";
import { isRecordName, readRecordBody } from "../../incremental/record-object.ts";
import { keyOf, type WireItem } from "../../item/attribute-value.ts";
import type { KeyRange, ObjectStore, ObjectVersion } from "../../store/object-store.ts";
import { READ_BATCH } from "../read-table.ts";
import type { PartPosition, PartReading, SourceParts, SourceRecord } from "../restore-source.ts";
import { heldRecords } from "./held-records.ts";

export interface FolderPartsOptions {
  /** Opened at the table's own folder. */
  store: ObjectStore;
  /** Milliseconds since 1970; undefined: now. */
  at: number | undefined;
  /** Objects read at the same time. */
  reads: number;
  require: SourceParts["require"];
}

/** An object, with its versions where a moment is asked for. */
interface Listed {
  name: string;
  versions?: ObjectVersion[];
}

/**
 * An incremental folder in parts by the names of its objects, which are hashes: so all parts are about as large. A record under a name
 * that older tools have given it counts only while it has no other object that goes before.
 */
export function folderParts({ store, at, reads, require }: FolderPartsOptions): SourceParts {
  const held = heldRecords(store, at);

  async function* listed(range: KeyRange, signal: AbortSignal): AsyncGenerator<Listed[]> {
    if (at === undefined) {
      for await (const names of store.list("", signal, range)) yield names.map((name) => ({ name }));
      return;
    }
    for await (const page of store.versions({ folder: "", range }, signal)) {
      yield [...Map.groupBy(page, ({ key }) => key)].map(([name, versions]) => ({ name, versions }));
    }
  }

  /** Undefined: there is no record in it, which is told where there should be one. */
  async function open(
    { name, versions }: Listed,
    { foreign, signal }: PartReading,
  ): Promise<WireItem | undefined> {
    const version = versions && (await versionAt(store, versions, at!, signal));
    if (versions !== undefined && (version === undefined || (version !== "lost" && version.deleted))) {
      return undefined;
    }
    if (!isRecordName(name)) return void foreign(name, "its name is no record's");
    if (version === "lost") return void foreign(name, LOST);
    const stored = await store.get(name, version?.versionId, signal);
    if (stored === undefined) return undefined;
    const item = readRecordBody(stored.body);
    return typeof item === "string" ? void foreign(name, item) : item;
  }

  /** Whether it is this object that says what the record is. */
  async function counts(
    name: string,
    item: WireItem,
    { schema, foreign, signal }: PartReading,
  ): Promise<boolean> {
    const key = keyOf(item, schema);
    const names = [...namesOf(key, schema)];
    const rank = names.indexOf(name);
    if (rank < 0) {
      foreign(name, "its name is not that of the record in it");
      return false;
    }
    for (const before of names.slice(0, rank)) {
      const other = await held.read(before, signal).catch(noneIfDamaged);
      if (other !== undefined && isOf(other, key, schema)) return false;
    }
    return true;
  }

  return {
    most: undefined,
    require,
    async *read(reading) {
      const { part, parts, from, check, signal } = reading;
      const range = nameRange(part, parts);
      const after = (from as Extract<PartPosition, { object: string }> | undefined)?.object ?? range.after;
      for await (const page of listed({ ...range, after }, signal)) {
        for (let begin = 0; begin < page.length; begin += READ_BATCH) {
          const objects = page.slice(begin, begin + READ_BATCH);
          const records: SourceRecord[] = [];
          await inParallel(objects, reads, async (object) => {
            const item = await open(object, reading);
            if (item === undefined) return;
            check({ item });
            if (await counts(object.name, item, reading)) records.push({ item });
          });
          yield { records, reached: { object: objects.at(-1)!.name } };
        }
      }
    },
  };
}

/** It is told of where its own name is read. */
function noneIfDamaged(error: unknown): undefined {
  if (!(error instanceof DdbrError && error.code === "damaged")) throw error;
}

const HEX_DIGITS = 12;

/**
 * The names of a part: the hashes are cut into ranges of the same size by their first digits. The first and the last part have what
 * comes before and behind all of them.
 */
function nameRange(part: number, parts: number): KeyRange {
  const cut = (index: number) =>
    ((BigInt(index) << BigInt(4 * HEX_DIGITS)) / BigInt(parts)).toString(16).padStart(HEX_DIGITS, "0");
  return {
    after: part === 0 ? undefined : cut(part),
    until: part === parts - 1 ? undefined : cut(part + 1),
  };
}
