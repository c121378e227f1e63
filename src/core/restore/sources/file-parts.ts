import { itemSize } from "../../item/size.ts";
import { READ_BATCH } from "../read-table.ts";
import type { PartPage, PartPosition, PartReading, SourceParts, SourceRecord } from "../restore-source.ts";

/** What a page holds at most, unless its only record is larger. */
const PAGE_BYTES = 1024 * 1024;

/**
 * The files of a source, shared out: a part has every so manieth. Each file is read twice, the first time only to check it: so nothing
 * comes of one that is damaged.
 * @param pagesOf reads a file, and checks it by its end
 */
export function fileParts(
  files: number,
  pagesOf: (file: number, signal: AbortSignal) => AsyncIterable<SourceRecord[]>,
): SourceParts {
  async function* readFile(
    file: number,
    skipped: number,
    { check, signal }: PartReading,
  ): AsyncGenerator<PartPage> {
    for await (const page of pagesOf(file, signal)) for (const record of page) check(record);
    let records: SourceRecord[] = [];
    let bytes = 0;
    let count = 0;
    for await (const page of pagesOf(file, signal)) {
      for (const record of page) {
        if (++count <= skipped) continue;
        records.push(record);
        bytes += itemSize(record.item ?? record.deleted);
        if (records.length < READ_BATCH && bytes < PAGE_BYTES) continue;
        yield { records, reached: { file, records: count } };
        records = [];
        bytes = 0;
      }
    }
    if (records.length > 0) yield { records, reached: { file, records: count } };
  }

  return {
    most: files,
    require: async () => {},
    async *read(reading) {
      const { part, parts, from } = reading;
      const start = from as Extract<PartPosition, { file: number }> | undefined;
      for (let file = start?.file ?? part; file < files; file += parts) {
        yield* readFile(file, file === start?.file ? start.records : 0, reading);
        // Not to be read again only to find its end.
        yield { records: [], reached: { file: file + parts, records: 0 } };
      }
    },
  };
}
