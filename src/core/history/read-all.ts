import { inParallel } from "../in-parallel.ts";
import type { WireItem } from "../item/attribute-value.ts";
import { equalValues } from "../item/equal.ts";
import { SpoolFile } from "../spool-file.ts";
import {
  groupedByEvent,
  type HistoryVersion,
  inEventOrder,
  type RecordedEvent,
  type RecordHistory,
  standsForEvent,
} from "./record-history.ts";

/**
 * - `created`: nothing was there before · `changed` · `unchanged`: stored again as it was
 * - `deleted` · `restored`: there again after a deletion
 * - `unknown`: it, or what was before it, cannot be read
 */
export type Change = "created" | "changed" | "unchanged" | "deleted" | "restored" | "unknown";

/** A version, read. */
export interface ReadVersion {
  version: HistoryVersion;
  recorded: RecordedEvent;
  item: WireItem | undefined;
  /** Why there is no item, though the version is no deletion. */
  problem: string | undefined;
  change: Change;
  /** Of a `changed` one: names of the attributes that differ from the version before, in ascending order. */
  attributes: string[];
}

const READS_AT_ONCE = 32;

interface Kept {
  version: HistoryVersion;
  recorded: RecordedEvent;
  problem: string | undefined;
  /** Of the item in the spool. */
  place: { offset: number; length: number } | undefined;
}

/**
 * Reads every version, newest first and in the order of events; an event that was delivered, and so stored, more than once is one
 * version. The items are on disk meanwhile, so however long a history is and however large its items, only two are in memory.
 */
export async function* readAllVersions(
  history: RecordHistory,
  signal: AbortSignal,
): AsyncGenerator<ReadVersion> {
  const spool = new SpoolFile();
  try {
    const kept: Kept[] = new Array(history.versions.length);
    await inParallel(history.versions.entries(), READS_AT_ONCE, async ([index, version]) => {
      const { recorded, item, problem } = await history.read(version, signal);
      kept[index] = { version, recorded, problem, place: item && append(spool, item) };
    });
    const sequenceOf = ({ recorded }: Kept) => recorded.sequence;
    const ordered = groupedByEvent(inEventOrder(kept, sequenceOf), sequenceOf).map((group) =>
      standsForEvent(group, ({ problem }) => problem === undefined),
    );
    const itemOf = (one: Kept | undefined) =>
      one?.place && (JSON.parse(spool.read(one.place.offset, one.place.length).toString()) as WireItem);
    let item = itemOf(ordered[0]);
    for (const [index, one] of ordered.entries()) {
      const before = ordered[index + 1];
      const itemBefore = itemOf(before);
      const { version, recorded, problem } = one;
      yield { version, recorded, item, problem, ...changeOf(one, item, before, itemBefore) };
      item = itemBefore;
    }
  } finally {
    spool.close();
  }
}

function append(spool: SpoolFile, item: WireItem): Kept["place"] {
  const offset = spool.append(JSON.stringify(item));
  return { offset, length: spool.size - offset };
}

function changeOf(
  { version }: Kept,
  item: WireItem | undefined,
  before: Kept | undefined,
  itemBefore: WireItem | undefined,
): { change: Change; attributes: string[] } {
  if (version.deleted) return { change: "deleted", attributes: [] };
  if (item === undefined) return { change: "unknown", attributes: [] };
  if (before === undefined) return { change: "created", attributes: [] };
  if (before.version.deleted) return { change: "restored", attributes: [] };
  if (itemBefore === undefined) return { change: "unknown", attributes: [] };
  const attributes = changedAttributes(itemBefore, item);
  return { change: attributes.length > 0 ? "changed" : "unchanged", attributes };
}

/** Names of the attributes that differ, in ascending order. */
function changedAttributes(before: WireItem, after: WireItem): string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  const value = (item: WireItem, name: string) => (Object.hasOwn(item, name) ? item[name] : undefined);
  const differs = (name: string) => {
    const [one, other] = [value(before, name), value(after, name)];
    return one === undefined || other === undefined || !equalValues(one, other);
  };
  return [...names].filter(differs).sort();
}
