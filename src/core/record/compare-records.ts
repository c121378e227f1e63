import type { DiscrepancyKind } from "../diff/discrepancy.ts";
import type { RecordSide } from "../diff/source.ts";
import type { WireItem, WireKey } from "../item/attribute-value.ts";
import type { Ignored } from "../item/canonical.ts";
import { equalItems } from "../item/equal.ts";
import { keyString } from "../item/key-string.ts";

/** `absent`: on neither side, which is equal as well. */
export type RecordState = "equivalent" | "absent" | DiscrepancyKind;

export interface ComparedRecord {
  key: WireKey;
  state: RecordState;
  /** Left out where the record is not there. */
  primary?: WireItem;
  replica?: WireItem;
}

export interface CompareRecords {
  primary: RecordSide;
  replica: RecordSide;
  /** At most a hundred at a time, none of them twice. */
  batches: Iterable<WireKey[]>;
  ignored?: Ignored | undefined;
  signal: AbortSignal;
}

/** A record that changes that often is told as it was seen last. */
const MOST_LOOKS = 5;

/**
 * Reads records on both sides with consistent reads, in the order of the keys. What seems to differ is read again until it
 * has stayed the same, because a write that falls between the two reads is no difference.
 */
export async function* compareRecords(options: CompareRecords): AsyncGenerator<ComparedRecord[]> {
  for (const batch of options.batches) yield await compareBatch(batch, options);
}

export function isEquivalent(state: RecordState): boolean {
  return state === "equivalent" || state === "absent";
}

async function compareBatch(batch: WireKey[], options: CompareRecords): Promise<ComparedRecord[]> {
  const { schema } = options.primary.description;
  const records = new Map<string, ComparedRecord>();
  let open = batch;
  for (let look = 1; open.length > 0 && look <= MOST_LOOKS; look++) {
    options.signal.throwIfAborted();
    const seen = await lookAt(open, options);
    open = seen
      .filter((record) => {
        const id = keyString(record.key, schema);
        const before = records.get(id);
        records.set(id, record);
        return !isEquivalent(record.state) && !isSame(before, record);
      })
      .map(({ key }) => key);
  }
  return [...records.values()];
}

function isSame(before: ComparedRecord | undefined, now: ComparedRecord): boolean {
  return (
    before !== undefined && equalItems(before.primary, now.primary) && equalItems(before.replica, now.replica)
  );
}

async function lookAt(
  keys: WireKey[],
  { primary, replica, ignored, signal }: CompareRecords,
): Promise<ComparedRecord[]> {
  const { schema } = primary.description;
  const [ours, theirs] = await Promise.all(
    [primary, replica].map(async (side) => {
      const items = await side.read(keys, true, signal);
      return new Map(items.map((item) => [keyString(item, schema), item]));
    }),
  );
  return keys.map((key) => {
    const id = keyString(key, schema);
    const [left, right] = [ours!.get(id), theirs!.get(id)];
    const state = stateOf(left, right, ignored);
    return { key, state, ...(left && { primary: left }), ...(right && { replica: right }) };
  });
}

function stateOf(
  primary: WireItem | undefined,
  replica: WireItem | undefined,
  ignored: Ignored | undefined,
): RecordState {
  if (primary === undefined) return replica === undefined ? "absent" : "extraneous";
  if (replica === undefined) return "missing";
  return equalItems(primary, replica, ignored) ? "equivalent" : "different";
}
