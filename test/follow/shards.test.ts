import { afterAll, expect, test } from "bun:test";
import { openCheckpointFile } from "../../src/core/follow/checkpoint-file.ts";
import { FakeStream } from "./fake-stream.ts";
import { dropCheckpoints, fakeTarget, follow, newCheckpoint, positionsIn } from "./in-process.ts";

const MINUTE = 60_000;

afterAll(dropCheckpoints);

/** A shard that was split twice: what a and b hold comes before what their children hold. */
function family(): FakeStream {
  const stream = new FakeStream();
  stream.addShard("root");
  stream.addShard("left", "root");
  stream.addShard("right", "root");
  stream.addShard("grandchild", "left");
  for (let value = 1; value <= 10; value++) stream.add("root", value % 2 ? "a" : "b", value);
  for (let value = 11; value <= 20; value++) stream.add("left", "a", value);
  for (let value = 11; value <= 20; value++) stream.add("right", "b", value);
  for (let value = 21; value <= 25; value++) stream.add("grandchild", "a", value);
  stream.closeShard("root");
  stream.closeShard("left");
  return stream;
}

function valuesOf(written: string[], key: string): number[] {
  return written.filter((text) => text.startsWith(`${key}=`)).map((text) => Number(text.slice(2)));
}

function upTo(last: number, first = 1): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

test("children are read after their parents, and everything there is at the start is done", async () => {
  const stream = family();
  const target = fakeTarget();
  const checkpoint = newCheckpoint();
  const { summary, events } = await follow(stream, target, checkpoint);
  expect(await summary).toMatchObject({ outcome: "caught-up", lagMs: 0, totals: { read: 35, written: 35 } });
  expect(valuesOf(target.written, "a")).toEqual([...upTo(10).filter((n) => n % 2), ...upTo(25, 11)]);
  expect(valuesOf(target.written, "b")).toEqual([...upTo(10).filter((n) => n % 2 === 0), ...upTo(20, 11)]);
  expect(events.filter(({ type }) => type === "shard-done")).toHaveLength(2);
  expect(positionsIn(checkpoint)).toMatchObject({
    root: { state: "done" },
    left: { state: "done" },
    right: { state: "read" },
    grandchild: { state: "read" },
  });
});

test("shards that open while it runs are found when their parent closes", async () => {
  const stream = new FakeStream();
  stream.addShard("parent");
  stream.add("parent", "a", 1);
  const target = fakeTarget();
  const { summary, stop } = await follow(stream, target, newCheckpoint(), { untilCaughtUp: false });
  while (target.written.length < 1) await Bun.sleep(5);
  stream.add("parent", "a", 2);
  stream.closeShard("parent");
  while (target.written.length < 2) await Bun.sleep(5);
  stream.addShard("child", "parent");
  stream.add("child", "a", 3);
  while (target.written.length < 3) await Bun.sleep(5);
  expect(target.written).toEqual(["a=1", "a=2", "a=3"]);
  stop();
  expect(await summary).toMatchObject({ outcome: "interrupted", totals: { shardsDone: 1 } });
});

test(
  "a run that is stopped again and again goes on where it was, and does no page twice",
  async () => {
    const stream = family();
    stream.emptyPages = 1;
    const target = fakeTarget(() => Bun.sleep(1));
    const checkpoint = newCheckpoint();
    for (let run = 0; run < 100 && target.written.length < 35; run++) {
      const { summary, events, stop } = await follow(stream, target, checkpoint, { untilCaughtUp: false });
      while (!events.some(({ type }) => type === "replayed") && target.written.length < 35)
        await Bun.sleep(2);
      stop();
      expect(await summary).toMatchObject({ outcome: "interrupted" });
    }
    expect(valuesOf(target.written, "a")).toEqual([...upTo(10).filter((n) => n % 2), ...upTo(25, 11)]);
    expect(valuesOf(target.written, "b")).toEqual([...upTo(10).filter((n) => n % 2 === 0), ...upTo(20, 11)]);
  },
  MINUTE,
);

test(
  "empty pages are no end of a shard",
  async () => {
    const stream = family();
    stream.emptyPages = 3;
    const target = fakeTarget();
    const { summary } = await follow(stream, target, newCheckpoint());
    expect(await summary).toMatchObject({ outcome: "caught-up", totals: { written: 35 } });
  },
  MINUTE,
);

test("an iterator that is too old is got anew after the last record that is done", async () => {
  const stream = family();
  const target = fakeTarget(() => {
    if (target.written.length === 7) stream.expireBefore = stream.iterators + 1;
  });
  const { summary } = await follow(stream, target, newCheckpoint());
  expect(await summary).toMatchObject({
    outcome: "caught-up",
    totals: { read: 35, written: 35, repeated: 0 },
  });
});

test("what is no longer kept is told as lost, and the rest is done", async () => {
  const stream = new FakeStream();
  stream.addShard("only");
  for (let value = 1; value <= 10; value++) stream.add("only", "a", value);
  const target = fakeTarget();
  const checkpoint = newCheckpoint();
  await (await follow(stream, target, checkpoint)).summary;
  for (let value = 11; value <= 20; value++) stream.add("only", "a", value);
  stream.trim("only", 15);
  const { summary, events } = await follow(stream, target, checkpoint);
  expect(await summary).toMatchObject({ outcome: "incomplete", totals: { lost: 1 } });
  expect(events.filter(({ type }) => type === "lost")).toMatchObject([
    { shard: "only", after: expect.stringMatching(/^10000/) },
  ]);
  expect(valuesOf(target.written, "a")).toEqual([...upTo(10), ...upTo(20, 16)]);
});

test("a shard that went before it was done is told as lost; its children are read", async () => {
  const stream = new FakeStream();
  stream.addShard("parent");
  stream.add("parent", "a", 1);
  const target = fakeTarget();
  const checkpoint = newCheckpoint();
  await (await follow(stream, target, checkpoint)).summary;
  stream.addShard("child", "parent");
  stream.add("child", "a", 3);
  stream.removeShard("parent");
  const { summary, events } = await follow(stream, target, checkpoint);
  expect(await summary).toMatchObject({ outcome: "incomplete", totals: { lost: 1 } });
  expect(events.filter(({ type }) => type === "lost")).toMatchObject([{ shard: "parent" }]);
  expect(target.written).toEqual(["a=1", "a=3"]);
  expect(Object.keys(positionsIn(checkpoint))).toEqual(["child"]);
});

test("from the latest on: closed shards are left, and a run that comes later misses nothing in between", async () => {
  const stream = family();
  for (const shard of stream.shards) {
    for (const { raw } of shard.records) {
      // Long before the start.
      (raw as { dynamodb: { ApproximateCreationDateTime: number } }).dynamodb.ApproximateCreationDateTime -=
        3600;
    }
  }
  const target = fakeTarget();
  const checkpoint = newCheckpoint();
  const first = await follow(stream, target, checkpoint, { start: "latest" });
  expect(await first.summary).toMatchObject({ outcome: "caught-up", totals: { read: 0 } });
  expect(target.written).toEqual([]);
  stream.add("right", "b", 100);
  stream.add("grandchild", "a", 101);
  const second = await follow(stream, target, checkpoint);
  expect(await second.summary).toMatchObject({ outcome: "caught-up", totals: { written: 2 } });
  expect(target.written.sort()).toEqual(["a=101", "b=100"]);
});

test("from a time on: what happened before is passed over, in later runs too", async () => {
  const stream = new FakeStream();
  stream.addShard("only");
  const noon = Date.UTC(2026, 10, 23, 12);
  for (let second = -5; second < 5; second++) stream.add("only", "a", second, noon + second * 1000);
  const target = fakeTarget();
  const checkpoint = newCheckpoint();
  const { summary } = await follow(stream, target, checkpoint, { start: { since: noon } });
  expect(await summary).toMatchObject({ totals: { read: 10, passedOver: 5, written: 5 } });
  stream.add("only", "a", -100, noon - 100_000);
  const next = await follow(stream, target, checkpoint);
  expect(await next.summary).toMatchObject({ totals: { read: 1, passedOver: 1, written: 0 } });
  expect(valuesOf(target.written, "a")).toEqual([0, 1, 2, 3, 4]);
});

test("nobody else follows with the checkpoint before the last write has ended; how far the run is stands there already", async () => {
  const source = new FakeStream();
  source.addShard("only");
  const sequence = source.add("only", "a", 1);
  const path = newCheckpoint();
  const target = fakeTarget();
  const ended = Promise.withResolvers<void>();
  const asked = Promise.withResolvers<void>();
  target.settled = () => {
    asked.resolve();
    return ended.promise;
  };
  const { summary } = await follow(source, target, path);
  await asked.promise;
  expect(positionsIn(path).only).toMatchObject({ after: sequence });
  const refused = await openCheckpointFile(path).catch((error) => error);
  expect(refused.code).toBe("exists");
  ended.resolve();
  await summary;
  await (await openCheckpointFile(path)).close();
});

test("a stream that was turned off is done to its end, which is then said", async () => {
  const stream = family();
  for (const { id } of stream.shards) stream.closeShard(id);
  stream.enabled = false;
  const target = fakeTarget();
  const { summary } = await follow(stream, target, newCheckpoint(), { untilCaughtUp: false });
  const { outcome, failure } = await summary;
  expect(outcome).toBe("incomplete");
  expect(failure).toContain("turned off; all that it held is done");
  expect(target.written).toHaveLength(35);
});

test(
  "pages in memory are held to a number, however many shards there are",
  async () => {
    const stream = new FakeStream();
    for (let shard = 0; shard < 40; shard++) {
      stream.addShard(`shard-${shard}`);
      for (let value = 0; value < 6; value++) stream.add(`shard-${shard}`, `key-${shard}`, value);
    }
    let [now, most] = [0, 0];
    const inner = fakeTarget(() => Bun.sleep(2));
    const target = {
      ...inner,
      async replay(...words: Parameters<typeof inner.replay>) {
        most = Math.max(most, ++now);
        return await inner.replay(...words).finally(() => now--);
      },
    };
    const { summary } = await follow(stream, target, newCheckpoint(), { concurrency: 3 });
    expect(await summary).toMatchObject({ outcome: "caught-up", totals: { written: 240 } });
    expect(most).toBe(3);
  },
  MINUTE,
);
