import type { Shard } from "./stream-source.ts";

/** What is known of the shards that were begun: whether all of a shard is done. */
export type KnownShards = ReadonlyMap<string, { done: boolean }>;

/**
 * The shards that may be begun now: those whose parent is done, or is no longer kept and nothing of it is under way.
 * So the changes of a record are done in their order, whatever shards they are in.
 */
export function shardsToBegin(shards: readonly Shard[], known: KnownShards): Shard[] {
  const listed = new Set(shards.map(({ id }) => id));
  const settled = (id: string) => known.get(id)?.done ?? !listed.has(id);
  return shards.filter(({ id, parent }) => !known.has(id) && (parent === undefined || settled(parent)));
}
