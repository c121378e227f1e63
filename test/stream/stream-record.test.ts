import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { DdbrError, describeError } from "../../src/core/errors.ts";
import { keyId } from "../../src/core/item/key-id.ts";
import { readStreamRecord } from "../../src/core/stream/stream-record.ts";
import { wireItem } from "../item/wire-items.ts";
import { nameOf } from "../lambda/bucket-records.ts";
import { ARN, type Change, put, recordOf, remove, sequenceOf, type Wire } from "../lambda/events.ts";

/** As it comes to a function: through JSON. */
const through = <Value>(value: Value): Value => JSON.parse(JSON.stringify(value));

/** A record as AWS sends it, with other members in its `dynamodb`; undefined takes one away. */
function changed(change: Change, members: Record<string, unknown>): unknown {
  const record = recordOf(change);
  return through({ ...record, dynamodb: { ...(record.dynamodb as object), ...members } });
}

/** The reading of a record that can be read. */
function read(value: unknown) {
  const record = readStreamRecord(value);
  if ("problem" in record) throw new Error(record.problem);
  return record;
}

function refusalOf(value: unknown): DdbrError {
  try {
    readStreamRecord(value, "what to do");
  } catch (error) {
    if (error instanceof DdbrError) return error;
    throw error;
  }
  throw new Error("it is read");
}

test("a change is read as it was sent", () => {
  expect(read(through(recordOf(put("a", 3, { note: { S: "x" } }))))).toEqual({
    sequence: sequenceOf(3),
    event: "MODIFY",
    key: { id: { S: "a" } },
    id: nameOf({ id: { S: "a" } }),
    image: { id: { S: "a" }, v: { N: "3" }, note: { S: "x" } },
    at: Date.UTC(2026, 10, 20) + 3_750,
  });
});

describe("the time of creation", () => {
  const AT = Date.UTC(2026, 10, 20, 14, 3, 22);
  test.each<[string, unknown, number | undefined]>([
    ["seconds", AT / 1000, AT],
    ["seconds with a fraction", AT / 1000 + 0.114, AT + 114],
    ["seconds with a fraction, as text", `${AT / 1000}.114`, AT + 114],
    ["seconds with a power of ten", "1.795183402E9", 1_795_183_402_000],
    ["seconds with six digits more", 1_795_183_402.114_385, 1_795_183_402_114],
    ["milliseconds", AT + 114, AT + 114],
    ["milliseconds as text", `${AT + 114}`, AT + 114],
    ["ISO 8601", "2026-11-20T14:03:22.114Z", AT + 114],
    ["ISO 8601 with an offset", "2026-11-20T15:03:22+01:00", AT],
    ["the beginning of 1970", 0, 0],
    ["none", undefined, undefined],
    ["null", null, undefined],
    ["empty text", "", undefined],
    ["white space", "  ", undefined],
    ["other text", "yesterday", undefined],
    ["a negative number", -1, undefined],
    ["more than there is time for", 1e300, undefined],
    ["an object", { seconds: 5 }, undefined],
    ["true", true, undefined],
  ])("as %s", (_what, given, at) => {
    const record = changed(put("a", 1), { ApproximateCreationDateTime: given });
    expect(read(record).at).toBe(at as number);
  });
});

describe("keys and images", () => {
  test("attributes of every type are handed on as they are", () => {
    const digits = "12345678901234567890123456789012345678";
    const image: Wire = {
      id: { S: "a" },
      text: { S: 'é\u0000\u2028"\\😀' },
      empty: { S: "" },
      none: { B: "" },
      number: { N: digits },
      fraction: { N: `-0.${digits}` },
      huge: { N: "9.9999999999999999999999999999999999999E+125" },
      bytes: { B: Buffer.from([0, 255, 128, 10]).toString("base64") },
      yes: { BOOL: true },
      no: { BOOL: false },
      nothing: { NULL: true },
      strings: { SS: ["b", "", "a"] },
      numbers: { NS: [digits, "0.1", "-7"] },
      binaries: { BS: ["AQ==", "", "AgM="] },
      emptySet: { SS: [] },
      list: { L: [{ M: { deep: { L: [{ L: [] }, { M: {} }, { N: digits }] } } }, { B: "AQ==" }] },
    };
    const text = JSON.stringify(image);
    expect(JSON.stringify(read(changed(put("a", 1), { NewImage: image })).image)).toBe(text);
  });

  test("whatever an item is, it is read as it is", () => {
    fc.assert(
      fc.property(wireItem, (item) => {
        const image = Object.fromEntries([...Object.entries(item), ["id", { S: "a" }]]);
        const text = JSON.stringify(image);
        const record = changed(put("a", 1), {});
        (record as { dynamodb: Wire }).dynamodb.NewImage = JSON.parse(text);
        expect(JSON.stringify(read(record).image)).toBe(text);
      }),
      { seed: 20_261_123, numRuns: 200 },
    );
  });

  test("the id is the same in whatever order the key's attributes come", () => {
    const ascending: Wire = { Zone: { N: "5" }, at: { B: "AQ==" } };
    const descending: Wire = { at: { B: "AQ==" }, Zone: { N: "5" } };
    const ids = [ascending, descending].map((key) => {
      const image = { other: { S: "x" }, ...descending };
      return read(through(recordOf({ key, image, n: 1 }))).id;
    });
    const text = '{"Zone":{"N":"5"},"at":{"B":"AQ=="}}';
    expect(ids).toEqual([nameOf(JSON.parse(text)), nameOf(JSON.parse(text))]);
    expect(keyId({ at: { B: "AQ==" }, Zone: { N: "5" } })).toBe(ids[0]!);
  });

  test("a key attribute may be called as JavaScript's own members are", () => {
    const key = JSON.parse('{"__proto__":{"S":"a"}}');
    const image = JSON.parse('{"v":{"N":"1"},"__proto__":{"S":"a"}}');
    const record = read(JSON.parse(JSON.stringify(recordOf({ key, image, n: 1 }))));
    expect(record.id).toBe(nameOf(key));
    expect(JSON.stringify(record.image)).toBe(JSON.stringify(image));
  });

  test("a number in the key may be spelled otherwise in the image", () => {
    const record = recordOf({ key: { n: { N: "1.50" } }, image: { n: { N: "1.5" } }, n: 1 });
    expect(read(through(record)).image).toEqual({ n: { N: "1.5" } });
  });
});

describe("deletions", () => {
  const EXPIRED = { type: "Service", principalId: "dynamodb.amazonaws.com" };
  test.each<[string, object]>([
    ["a deletion", recordOf(remove("a", 7))],
    ["one by time to live", { ...recordOf(remove("a", 7)), userIdentity: EXPIRED }],
    [
      "one with an image, which tells what was",
      changed(remove("a", 7), { NewImage: { id: { S: "a" } } }) as object,
    ],
    [
      "one of a stream of new images only",
      changed(remove("a", 7), { StreamViewType: "NEW_IMAGE" }) as object,
    ],
    [
      "one of a stream whose view isn't told",
      changed(remove("a", 7), { StreamViewType: undefined }) as object,
    ],
  ])("%s has no image", (_what, record) => {
    const { event, image, at } = read(through(record));
    expect({ event, image, at }).toEqual({
      event: "REMOVE",
      image: undefined,
      at: Date.UTC(2026, 10, 20) + 8_750,
    });
  });
});

describe("a stream without new images is refused", () => {
  test.each<[string, unknown, string]>([
    [
      "KEYS_ONLY",
      changed(put("a", 1), { StreamViewType: "KEYS_ONLY", NewImage: undefined }),
      ": its view is KEYS_ONLY",
    ],
    [
      "OLD_IMAGE",
      changed(put("a", 1), { StreamViewType: "OLD_IMAGE", NewImage: undefined }),
      ": its view is OLD_IMAGE",
    ],
    [
      "KEYS_ONLY, at a deletion",
      changed(remove("a", 1), { StreamViewType: "KEYS_ONLY" }),
      ": its view is KEYS_ONLY",
    ],
    [
      "a view that isn't told",
      changed(put("a", 1), { StreamViewType: undefined, NewImage: undefined }),
      " - ",
    ],
  ])("%s", (_what, record, says) => {
    const error = refusalOf(record);
    expect(error.code).toBe("stream-view");
    expect(describeError(error)).toInclude(`the stream holds no new images${says}`);
    expect(describeError(error)).toInclude("NEW_AND_OLD_IMAGES");
  });
});

describe("a record that makes no sense is named, and says why", () => {
  const change = put("a", 9);
  test.each<[string, unknown, string]>([
    ["no keys", changed(change, { Keys: undefined }), "key is not in wire form"],
    ["empty keys", changed(change, { Keys: {} }), "key is not in wire form"],
    ["plain keys", changed(change, { Keys: { id: "a" } }), "key is not in wire form"],
    ["a deletion's keys", changed(remove("a", 9), { Keys: null }), "key is not in wire form"],
    ["no image", changed(change, { NewImage: undefined }), "image is missing"],
    ["an image that is null", changed(change, { NewImage: null }), "image is not in wire form"],
    ["an empty image", changed(change, { NewImage: {} }), "image is not in wire form"],
    ["a plain image", changed(change, { NewImage: { id: "a", v: 5 } }), "image is not in wire form"],
    [
      "a number that is none",
      changed(change, { NewImage: { id: { S: "a" }, v: { N: 5 } } }),
      "not in wire form",
    ],
    ["an unknown type", changed(change, { NewImage: { id: { S: "a" }, v: { X: "5" } } }), "not in wire form"],
    ["two types", changed(change, { NewImage: { id: { S: "a", N: "1" } } }), "not in wire form"],
    ["text for an image", changed(change, { NewImage: "gone" }), "not in wire form"],
    ["an image without the key", changed(change, { NewImage: { v: { N: "1" } } }), "has another key"],
    ["an image of another record", changed(change, { NewImage: { id: { S: "b" } } }), "has another key"],
    [
      "an image whose key has another type",
      changed(change, { NewImage: { id: { B: "a" } } }),
      "has another key",
    ],
    ["an unknown event", { ...recordOf(change), eventName: "UPSERT" }, "not INSERT, MODIFY or REMOVE"],
    ["no event", { ...recordOf(change), eventName: undefined }, "not INSERT, MODIFY or REMOVE"],
  ])("%s", (_what, record, says) => {
    expect(readStreamRecord(through(record))).toEqual({
      sequence: sequenceOf(9),
      problem: expect.stringContaining(says),
    });
  });
});

describe("a record that cannot even be named is refused", () => {
  test.each<[string, unknown]>([
    ["without a sequence number", changed(put("a", 1), { SequenceNumber: undefined })],
    ["with a number for it", changed(put("a", 1), { SequenceNumber: 5 })],
    ["with other text for it", changed(put("a", 1), { SequenceNumber: "12x" })],
    ["with 41 digits", changed(put("a", 1), { SequenceNumber: "1".repeat(41) })],
    ["without `dynamodb`", { eventName: "INSERT", eventSourceARN: ARN }],
    ["of Kinesis", { eventSource: "aws:kinesis", kinesis: { sequenceNumber: "495", data: "e30=" } }],
    ["of SQS", { messageId: "1", body: "{}", eventSource: "aws:sqs" }],
    ["null", null],
    ["text", "record"],
  ])("%s", (_what, record) => {
    const error = refusalOf(record);
    expect({ code: error.code, line: describeError(error) }).toEqual({
      code: "record",
      line: "a record without a sequence number is none of a DynamoDB stream - what to do",
    });
  });
});
