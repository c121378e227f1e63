import { whileCounting } from "../incremental/count-objects.ts";
import { requireEverHeld } from "../incremental/ever-held.ts";
import { FolderRecords } from "../incremental/folder-records.ts";
import type { KeyAttribute } from "../item/attribute-value.ts";
import { eachSegment } from "../segments.ts";
import type { ObjectStore } from "../store/object-store.ts";
import type { ItemSource, WantedBuckets } from "./item-source.ts";

export interface FolderSourceOptions {
  /** Opened at the table's own folder. */
  store: ObjectStore;
  /** As the user typed it. */
  name: string;
  /** The moment whose state is wanted, milliseconds since 1970; undefined: now. */
  at: number | undefined;
  /** Objects read at the same time. */
  reads: number;
  /** As the user told it. */
  key: readonly KeyAttribute[] | undefined;
  /** Why records may be missing from it. */
  lacks: string | undefined;
}

/** An incremental folder, as it is or as it was at a moment. Of wanted buckets only their objects are read, as their names say. */
export function folderSource({ store, name, at, reads, key, lacks }: FolderSourceOptions): ItemSource {
  return {
    kind: "folder",
    name,
    key,
    estimate: { items: 0, bytes: 0, readUnits: 0 },
    segments: 1,
    asOf: at === undefined ? undefined : new Date(at).toISOString(),
    recorded: undefined,
    warning: lacks,
    observe: (observer) => store.observe(observer),
    read: (run, take, wanted) =>
      eachSegment({ ...run, concurrency: 1 }, (segment) =>
        whileCounting(run, store, async () => {
          const records = new FolderRecords({
            store,
            at,
            reads,
            signal: run.signal,
            gate: run.gate,
            foreign: (object, reason) => run.report({ type: "foreign", object, reason }),
            ...(wanted && { wanted: (object: string) => mayBeWanted(object, wanted) }),
          });
          let items = 0;
          for await (const page of records.pages()) {
            items += page.length;
            take(
              page.map(({ item }) => item),
              records.key,
            );
            run.report({ type: "read", segment, items: page.length });
            run.inFlight(segment, records.underWay);
          }
          if (items === 0 && wanted === undefined) await requireEverHeld(store, records, at, run.signal);
        }),
      ),
    close: () => store.close(),
  };
}

const SHA256_DIGITS = 64;

/** An MD5, which older tools have named records by, does not say in which bucket the record is. */
function mayBeWanted(object: string, { digits, names }: WantedBuckets): boolean {
  return object.length !== SHA256_DIGITS || names.has(object.slice(0, digits));
}
