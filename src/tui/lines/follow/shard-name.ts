/** What tells a shard from the others: all ids begin alike. */
export function shardName(id: string): string {
  return id.replace(/^shardId-0*(?=.)/, "");
}
