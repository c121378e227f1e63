import type { FollowEvent, FollowSummary } from "../../../src/core/follow/follow-events.ts";
import { addFollow, NO_PROGRESS } from "../../../src/core/follow/follow-progress.ts";
import { NASTY_TEXTS } from "../fixtures/records.ts";

const NOON = Date.UTC(2026, 10, 23, 12);

/** What a run on shards of these names tells, with everything that can happen in it. */
export function scriptedEvents({ shards = 5, nasty = false } = {}): FollowEvent[] {
  const word = nasty ? NASTY_TEXTS.join("") : "";
  const names = Array.from(
    { length: shards },
    (_, index) => `shardId-0000000179543821526${index}-24e6968${word}`,
  );
  return [
    {
      type: "started",
      primary: `us-east-1/orders${word}`,
      target: `eu-west-1/orders${word}`,
      kind: "replica",
      stream: "arn:aws:dynamodb:us-east-1:123456789012:table/orders/stream/2026",
      checkpoint: "orders.json",
      resumed: false,
      start: "trim-horizon",
    },
    { type: "shards", listed: shards + 2, waiting: 2 },
    { type: "warning", message: `something to know ${word}` },
    ...names.flatMap((shard, index): FollowEvent[] => [
      { type: "shard-started", shard, after: undefined, at: undefined },
      { type: "answered", end: "stream", operation: "GetRecords", bytes: 123_456, writeUnits: 0 },
      { type: "read", shard, records: 1000 },
      { type: "answered", end: "target", operation: "BatchWriteItem", bytes: 100, writeUnits: 25 },
      { type: "retried", end: "target", operation: "BatchWriteItem", throttled: true },
      {
        ...{ type: "replayed", shard, written: 900, superseded: 90, repeated: 5, passedOver: 4 },
        at: NOON + index * 1000,
        latest: [
          { event: "INSERT", key: { id: { S: `order-${index}${word}` } }, at: NOON },
          { event: "REMOVE", key: { id: { S: `gone-${index}${word}` } }, at: undefined },
        ],
      },
    ]),
    { type: "up-to-date", shard: names[0]! },
    { type: "refused", shard: names[1]!, records: 1, reason: `wrong type ${word}` },
    {
      type: "skipped",
      ...{ shard: names[1]!, sequence: "12", key: { id: { S: `bad${word}` } }, reason: `wrong type ${word}` },
    },
    { type: "skipped", shard: names[1]!, sequence: "13", reason: "its new image is not in wire form" },
    { type: "lost", shard: names[2]!, after: "11" },
    { type: "shard-done", shard: names[3]! },
    { type: "saved" },
  ];
}

export function summaryOf(events: FollowEvent[], outcome: FollowSummary["outcome"]): FollowSummary {
  const { totals } = events.reduce(addFollow, NO_PROGRESS);
  return { outcome, totals, elapsedMs: 1234, lagMs: 0, checkpoint: "orders.json" };
}
