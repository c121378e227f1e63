import { afterAll, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { DdbrError } from "../../src/core/errors.ts";
import { openSkippedFile } from "../../src/core/follow/skipped-file.ts";
import { FakeStream } from "./fake-stream.ts";
import { dropCheckpoints, fakeTarget, follow, newCheckpoint, positionsIn } from "./in-process.ts";

afterAll(dropCheckpoints);

const refusal = () => {
  throw new DdbrError("service-refused", "the index wants another type");
};
const outage = () => {
  throw new DdbrError("throttled", "throttled by DynamoDB");
};
const keyOf = (record: { key: unknown }) => (record.key as { id: { S: string } }).id.S;

/** Four keys, one after the other, three times; the seventh record is of key `c`. */
function stream(): FakeStream {
  const fake = new FakeStream();
  fake.addShard("only");
  fake.pageSize = 12;
  for (let value = 1; value <= 3; value++) {
    for (const key of ["a", "b", "c", "d"]) fake.add("only", key, value);
  }
  return fake;
}

test("a record that is refused for good ends the run, which names it; what is before it is done", async () => {
  const checkpoint = newCheckpoint();
  const target = fakeTarget((record) => keyOf(record) === "c" && refusal());
  const { summary, events } = await follow(stream(), target, checkpoint, { untilCaughtUp: false });
  const { outcome, failure, totals } = await summary;
  expect({ outcome, written: totals.written }).toEqual({ outcome: "incomplete", written: 9 });
  expect(failure).toContain('{"id":"c"}');
  expect(failure).toContain("the index wants another type");
  expect(failure).toContain("--skip-failed");
  expect(events.some(({ type }) => type === "refused")).toBe(true);
  // Nothing of it is put down as done: the page comes again.
  expect(positionsIn(checkpoint)).toEqual({});

  const mended = fakeTarget();
  const next = await follow(stream(), mended, checkpoint);
  expect(await next.summary).toMatchObject({ outcome: "caught-up", totals: { written: 12 } });
});

test("with a file for them only the refused records are given up on, not the later ones of their keys", async () => {
  const checkpoint = newCheckpoint();
  const path = `${checkpoint}.skipped`;
  const skipped = openSkippedFile(path);
  let images = 0;
  const target = fakeTarget((record) => {
    if (keyOf(record) === "c" && JSON.stringify(record.image).includes('"2"')) refusal();
    images++;
  });
  const { summary, events } = await follow(stream(), target, checkpoint, { skipped });
  expect(await summary).toMatchObject({ outcome: "incomplete", totals: { written: 11, skipped: 1 } });
  skipped.close();
  expect(images).toBe(11);
  expect(target.written.filter((text) => text.startsWith("c="))).toEqual(["c=1", "c=3"]);
  const lines = readFileSync(path, "utf8").trimEnd().split("\n");
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    {
      kind: "undone",
      key: { id: { S: "c" } },
      shard: "only",
      reason: expect.stringContaining("another type"),
    },
  ]);
  expect(events.filter(({ type }) => type === "skipped")).toHaveLength(1);
  expect(positionsIn(checkpoint).only).toMatchObject({
    state: "read",
    after: expect.stringMatching(/^12000/),
  });
});

test("a record that makes no sense is named by its number, and can be given up on", async () => {
  const source = stream();
  (source.shards[0]!.records[5]!.raw as { dynamodb: object }).dynamodb = {
    ...(source.shards[0]!.records[5]!.raw as { dynamodb: object }).dynamodb,
    NewImage: { id: "no wire form" },
  };
  const checkpoint = newCheckpoint();
  const first = await follow(source, fakeTarget(), checkpoint);
  expect((await first.summary).failure).toContain("record 6000000000000000000000 of only makes no sense");
  const skipped = openSkippedFile(`${checkpoint}.skipped`);
  const second = await follow(source, fakeTarget(), checkpoint, { skipped });
  expect(await second.summary).toMatchObject({ outcome: "incomplete", totals: { written: 11, skipped: 1 } });
  skipped.close();
});

test("what is none of a stream's ends the run with a line of what to do here", async () => {
  const source = stream();
  source.shards[0]!.records[0]!.raw = { messageId: "1", body: "{}" };
  const { failure } = await (await follow(source, fakeTarget(), newCheckpoint())).summary;
  expect(failure).toBe(
    "a record without a sequence number is none of a DynamoDB stream - check the address: what answers there does not speak DynamoDB Streams",
  );
});

test("an outage ends the run, and nothing is given up on, also with a file for that", async () => {
  const checkpoint = newCheckpoint();
  const path = `${checkpoint}.skipped`;
  const skipped = openSkippedFile(path);
  const { summary } = await follow(stream(), fakeTarget(outage), checkpoint, { skipped });
  const { outcome, failure, totals } = await summary;
  skipped.close();
  expect({ outcome, skipped: totals.skipped }).toEqual({ outcome: "incomplete", skipped: 0 });
  expect(failure).toContain("throttled by DynamoDB");
  expect(failure).not.toContain("--skip-failed");
  expect(readFileSync(path, "utf8")).toBe("");
  expect(positionsIn(checkpoint)).toEqual({});
});

test("what fails for a while is tried again until it goes", async () => {
  let failures = 3;
  const target = fakeTarget((record) => keyOf(record) === "b" && failures-- > 0 && refusal());
  const { summary } = await follow(stream(), target, newCheckpoint(), { patienceMs: 60_000 });
  expect(await summary).toMatchObject({ outcome: "caught-up", totals: { written: 12, repeated: 0 } });
  expect(target.written.filter((text) => text.startsWith("b="))).toEqual(["b=1", "b=2", "b=3"]);
});

test("stopped while some of a page are refused, all before the first of them is put down as done", async () => {
  const checkpoint = newCheckpoint();
  const target = fakeTarget((record) => keyOf(record) === "c" && refusal());
  const { summary, events, stop } = await follow(stream(), target, checkpoint, {
    untilCaughtUp: false,
    patienceMs: 60_000,
  });
  while (!events.some(({ type }) => type === "refused")) await Bun.sleep(2);
  stop();
  expect(await summary).toMatchObject({ outcome: "interrupted" });
  // The first of `c` is the third record.
  expect(positionsIn(checkpoint).only).toMatchObject({ state: "read", after: "2000000000000000000000" });
});
