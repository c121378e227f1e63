import type { _Record as StreamRecord } from "@aws-sdk/client-dynamodb-streams";
import { order } from "../../test/helpers/orders.ts";
import type { Item, TestTable } from "../../test/helpers/table.ts";
import type { Wire } from "../../test/lambda/events.ts";

/** A record as Lambda hands it to a function: bytes as base64, times in seconds. */
export type EventRecord = {
  eventID: string;
  eventName: string;
  eventVersion: "1.1";
  eventSource: "aws:dynamodb";
  awsRegion: string;
  dynamodb: {
    ApproximateCreationDateTime: number;
    Keys: Wire;
    NewImage?: Wire;
    OldImage?: Wire;
    SequenceNumber: string;
    SizeBytes: number;
    StreamViewType: "NEW_AND_OLD_IMAGES";
  };
  eventSourceARN: string;
};

/** Records of a table's stream, as the SDK reads them, in Lambda's form. */
export function toEventRecords(table: string, records: StreamRecord[]): EventRecord[] {
  return records.map(({ eventName = "", dynamodb = {} }) => {
    const { Keys = {}, NewImage, OldImage, SequenceNumber = "", ApproximateCreationDateTime } = dynamodb;
    return eventRecord({
      table,
      event: eventName,
      keys: Keys,
      image: NewImage,
      before: OldImage,
      sequence: SequenceNumber,
      at: ApproximateCreationDateTime!.getTime() / 1000,
    });
  });
}

/** Records of orders that were just made, hand-made. */
export function insertedOrders(table: string, from: number, to: number): EventRecord[] {
  return Array.from({ length: to - from }, (_, index) => {
    const image = order(`order-${from + index}`);
    return eventRecord({
      table,
      event: "INSERT",
      keys: { id: image.id! },
      image,
      sequence: sequence(from + index),
    });
  });
}

/** Sequence numbers have more digits than a JavaScript number. */
export function sequence(number: number): string {
  return `1000000000000000${String(number).padStart(10, "0")}`;
}

export function eventRecord(change: {
  table: string;
  event: string;
  keys: Item;
  image?: Item | undefined;
  before?: Item | undefined;
  sequence: string;
  at?: number;
}): EventRecord {
  const { table, event, keys, image, before, at = Date.now() / 1000 } = change;
  return {
    eventID: new Bun.CryptoHasher("md5").update(change.sequence).digest("hex"),
    eventName: event,
    eventVersion: "1.1",
    eventSource: "aws:dynamodb",
    awsRegion: "us-east-1",
    dynamodb: {
      ApproximateCreationDateTime: at,
      Keys: inBase64(keys),
      ...(image && { NewImage: inBase64(image) }),
      ...(before && { OldImage: inBase64(before) }),
      SequenceNumber: change.sequence,
      SizeBytes: 700,
      StreamViewType: "NEW_AND_OLD_IMAGES",
    },
    eventSourceARN: `arn:aws:dynamodb:us-east-1:123456789012:table/${table}/stream/2026-11-23T10:00:00.000`,
  };
}

/** The JSON of an item: all bytes in it as base64. */
function inBase64(item: Item): Wire {
  return JSON.parse(
    JSON.stringify(item, (_name, value) =>
      value instanceof Uint8Array ? Buffer.from(value).toString("base64") : value,
    ),
  );
}

/** Items that hold every type of value, with numbers of 38 digits. */
export function manyTypes(id: string, note: string): Item {
  return {
    id: { S: id },
    note: { S: note },
    exact: { N: "0.12345678901234567890123456789012345678" },
    bytes: { B: new Uint8Array([0, 255, 128, 7]) },
    blobs: { BS: [new Uint8Array([1, 2]), new Uint8Array([3])] },
    numbers: { NS: ["1", "99999999999999999999999999999999999999"] },
    words: { SS: ["à", "b"] },
    list: { L: [{ N: "1" }, { B: new Uint8Array([9]) }, { M: { deep: { NULL: true } } }] },
    yes: { BOOL: true },
    empty: { S: "" },
  };
}

/** Makes, changes and deletes records, some of them more than once. */
export async function writeHistory({ put, delete: remove }: TestTable): Promise<void> {
  const ids = Array.from({ length: 30 }, (_, index) => `record-${index}`);
  for (const id of ids) await put(manyTypes(id, "first"));
  for (const id of ids.slice(0, 20)) await put(manyTypes(id, "second"));
  for (const id of ids.slice(10, 25)) await remove({ id: { S: id } });
  for (const id of ids.slice(20, 28)) await put(manyTypes(id, "third"));
}
