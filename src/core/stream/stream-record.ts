import { DdbrError } from "../errors.ts";
import type { WireItem, WireKey } from "../item/attribute-value.ts";
import { equalValues } from "../item/equal.ts";
import { keyId } from "../item/key-id.ts";
import { isWireItem } from "../item/validate.ts";
import { eventTime } from "./event-time.ts";

const EVENTS = ["INSERT", "MODIFY", "REMOVE"] as const;

export type StreamEvent = (typeof EVENTS)[number];

/** One change of a record, as a table's stream tells it. */
export interface StreamRecord {
  /** Orders the changes of one record; a whole number of up to 40 digits. */
  sequence: string;
  event: StreamEvent;
  key: WireKey;
  /** The key's name in an incremental folder, which tells keys apart. */
  id: string;
  /** The item after the change; undefined: it was deleted. */
  image: WireItem | undefined;
  /** When it happened, milliseconds since 1970, as far as it is told. */
  at: number | undefined;
}

/** A record that makes no sense, though it can be named. */
export interface UnreadableRecord {
  sequence: string;
  problem: string;
}

/** Streams of these views hold no image of what was written. */
const WITHOUT_NEW_IMAGES = ["KEYS_ONLY", "OLD_IMAGE"];

/**
 * Reads a record as Lambda events and GetRecords hold it, items in wire form.
 * @throws DdbrError `stream-view` when the stream holds no new images, `record` when not even its sequence number is known; `hint` says what to do then
 */
export function readStreamRecord(value: unknown, hint?: string): StreamRecord | UnreadableRecord {
  const { eventName, dynamodb } = objectOf(value);
  const { SequenceNumber, StreamViewType, Keys, NewImage, ApproximateCreationDateTime } = objectOf(dynamodb);
  if (typeof SequenceNumber !== "string" || !/^\d{1,40}$/.test(SequenceNumber)) {
    throw new DdbrError("record", "a record without a sequence number is none of a DynamoDB stream", {
      hint,
    });
  }
  const sequence = SequenceNumber;
  const event = EVENTS.find((name) => name === eventName);
  if (event === undefined) return { sequence, problem: "its event is not INSERT, MODIFY or REMOVE" };
  checkView(StreamViewType, event, NewImage);
  if (!isWireItem(Keys)) return { sequence, problem: "its key is not in wire form" };
  const at = eventTime(ApproximateCreationDateTime);
  const base = { sequence, event, key: Keys, id: keyId(Keys), at };
  if (event === "REMOVE") return { ...base, image: undefined };
  if (NewImage === undefined) return { sequence, problem: "its new image is missing" };
  if (!isWireItem(NewImage)) return { sequence, problem: "its new image is not in wire form" };
  if (!hasKey(NewImage, Keys)) return { sequence, problem: "its new image has another key" };
  return { ...base, image: NewImage };
}

function checkView(view: unknown, event: StreamEvent, image: unknown): void {
  // Where the view is not told, a change without an image tells it.
  const tells = view === undefined && event !== "REMOVE" && image === undefined;
  if (!tells && !WITHOUT_NEW_IMAGES.includes(String(view))) return;
  const named = view === undefined ? "" : `: its view is ${view}`;
  throw new DdbrError("stream-view", `the stream holds no new images${named}`, {
    hint: "turn the table's stream off and on again with the view NEW_AND_OLD_IMAGES or NEW_IMAGE",
  });
}

function hasKey(item: WireItem, key: WireKey): boolean {
  return Object.keys(key).every((name) => Object.hasOwn(item, name) && equalValues(key[name]!, item[name]!));
}

function objectOf(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
