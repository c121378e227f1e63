import { DdbrError } from "../errors.ts";
import { DEFAULT_BUCKETS } from "../fingerprint/bucket-table.ts";
import { Fingerprinter } from "../fingerprint/fingerprinter.ts";
import { hasKey } from "../incremental/record-folder.ts";
import type { KeySchema } from "../item/attribute-value.ts";
import type { RestoreSource, SourceRecord } from "../restore/restore-source.ts";
import { describeSchema } from "../table/describe.ts";

/** A source that is restored from, and what came of reading it. */
export interface WatchedSource {
  source: RestoreSource;
  /** Of every record read so far. */
  fingerprint: Fingerprinter;
  /** What reading it has failed with. */
  readonly failure: unknown;
}

/** Makes the fingerprint of a source while something else reads it. */
export function watchSource(source: RestoreSource, schema: KeySchema): WatchedSource {
  const fingerprint = new Fingerprinter(schema, DEFAULT_BUCKETS);
  let failure: unknown;

  async function* records(...asked: Parameters<RestoreSource["records"]>): AsyncGenerator<SourceRecord[]> {
    try {
      for await (const page of source.records(...asked)) {
        for (const { item } of page) {
          if (item === undefined) continue;
          if (!hasKey(item, schema)) throw strangerIn(source, schema);
          fingerprint.add(item);
        }
        yield page;
      }
    } catch (error) {
      failure = error;
      throw error;
    }
  }

  return {
    source: { ...source, records },
    fingerprint,
    get failure() {
      return failure;
    },
  };
}

function strangerIn({ name }: RestoreSource, schema: KeySchema): DdbrError {
  return new DdbrError("schema", `holds an item without the key ${describeSchema(schema)}`, {
    subject: name,
    hint: "it holds items of another table, or --like or --key-schema is wrong",
  });
}
