import { readChecked } from "../../backup/checked-file.ts";
import { exportedItem, type LineParser } from "../../backup/read-items.ts";
import type { WireItem } from "../../item/attribute-value.ts";
import { equalValues } from "../../item/equal.ts";
import { isWireItem } from "../../item/validate.ts";
import { merge } from "../../store/s3/merge.ts";
import type { RestoreSource, SourceRecord } from "../restore-source.ts";
import { type ExportPlace, readExportManifests } from "./export-manifests.ts";
import { fileParts } from "./file-parts.ts";

/** Read at the same time. */
const FILES_AT_ONCE = 2;

/**
 * DynamoDB's own export to S3, full or incremental (docs/formats.md).
 * @param name as the user typed it
 * @throws DdbrError `no-such-object` or `damaged`, with the file; `usage` where the data is in another form than JSON
 */
export async function openExportSource(
  place: ExportPlace,
  name: string,
  signal: AbortSignal,
): Promise<RestoreSource> {
  const { store } = place;
  const { kind, asOf, items, bytes, files } = await readExportManifests(place, signal);
  const parser = kind === "full" ? EXPORTED : CHANGED;
  const pagesOf = (file: number, stop: AbortSignal) => readChecked(store, files[file]!, parser, stop);
  return {
    kind: kind === "full" ? "export" : "changes",
    name,
    asOf,
    items,
    bytes,
    // Its manifests name the table and nothing more of it.
    schema: undefined,
    description: undefined,
    observe: (observer) => store.observe(observer),
    async *records(stop) {
      const all = files.map((_, file) => (one: AbortSignal) => pagesOf(file, one));
      yield* merge(all, FILES_AT_ONCE, stop);
    },
    // What an incremental export says is not what a table held: which of two changes of a record is the later is known only to who reads all.
    parts: kind === "full" ? fileParts(files.length, pagesOf) : undefined,
    close: () => store.close(),
  };
}

const EXPORTED: LineParser<SourceRecord> = {
  parse(value) {
    const item = exportedItem(value);
    return item && { item };
  },
  what: "exported item",
};

interface ExportedChange {
  Keys: WireItem;
  /** Absent where the record was deleted. */
  NewImage?: WireItem;
}

/** What a record was before, where that was exported too, is of no use here. */
const CHANGED: LineParser<SourceRecord> = {
  parse(value) {
    const { Keys, NewImage } = (value ?? {}) as Partial<ExportedChange>;
    if (!isWireItem(Keys)) return undefined;
    if (NewImage === undefined) return { deleted: Keys };
    return isWireItem(NewImage) && hasKeys(NewImage, Keys) ? { item: NewImage } : undefined;
  },
  what: "change of a record",
};

function hasKeys(item: WireItem, keys: WireItem): boolean {
  return Object.entries(keys).every(
    ([name, value]) => Object.hasOwn(item, name) && equalValues(item[name]!, value),
  );
}
