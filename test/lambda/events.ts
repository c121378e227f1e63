import { createHash } from "node:crypto";

/** An item in wire form: what events hold. */
export type Wire = Record<string, Record<string, unknown>>;

/** One change, as a stream tells it. */
export interface Change {
  key: Wire;
  /** The item after it; undefined: deleted. */
  image: Wire | undefined;
  /** Ascending: the place in the stream. */
  n: number;
  /** As the event has it; undefined leaves it out. */
  at?: unknown;
}

/** One digit more from the fiftieth on: compared as text they would be in another order. */
const FIRST = 10n ** 21n - 50n;

/** The sequence number of the n-th change. */
export const sequenceOf = (n: number) => `${FIRST + BigInt(n)}`;

/** Where a change stands in the stream, by its sequence number. */
export const placeOf = (sequence: string) => Number(BigInt(sequence) - FIRST);

export const ARN = "arn:aws:dynamodb:us-east-1:123456789012:table/orders/stream/2026-11-20T00:48:05.899";

/** A record of an event, in the shape in which AWS sends it. */
export function recordOf({ key, image, n, at }: Change, arn = ARN): Record<string, unknown> {
  const eventName = image === undefined ? "REMOVE" : n === 0 ? "INSERT" : "MODIFY";
  return {
    eventID: createHash("md5").update(`${n}`).digest("hex"),
    eventName,
    eventVersion: "1.1",
    eventSource: "aws:dynamodb",
    awsRegion: "us-east-1",
    dynamodb: {
      ...(at === undefined ? {} : { ApproximateCreationDateTime: at }),
      Keys: key,
      ...(image === undefined ? { OldImage: key } : { NewImage: image }),
      SequenceNumber: sequenceOf(n),
      SizeBytes: 26,
      StreamViewType: "NEW_AND_OLD_IMAGES",
    },
    eventSourceARN: arn,
  };
}

/** An event as it comes to a function: through JSON. */
export function eventOf(changes: readonly Change[], arn = ARN): { Records: Record<string, unknown>[] } {
  return JSON.parse(JSON.stringify({ Records: changes.map((change) => recordOf(change, arn)) }));
}

export const keyOf = (id: string): Wire => ({ id: { S: id } });

/** The record's item is written with this number in it. */
export function put(id: string, n: number, more: Wire = {}): Change {
  return { key: keyOf(id), image: { ...keyOf(id), v: { N: `${n}` }, ...more }, n, at: timeOf(n) / 1000 };
}

export function remove(id: string, n: number): Change {
  return { key: keyOf(id), image: undefined, n, at: timeOf(n) / 1000 };
}

/** When the n-th change happened, milliseconds since 1970. */
export const timeOf = (n: number) => Date.UTC(2026, 10, 20) + n * 1250;

/** The last item of each key, by the key's text; deleted ones are left out. */
export function endOf(changes: readonly Change[]): Map<string, Wire> {
  const end = new Map<string, Wire>();
  for (const { key, image } of changes) {
    if (image === undefined) end.delete(JSON.stringify(key));
    else end.set(JSON.stringify(key), image);
  }
  return end;
}

/** Puts and deletions of some keys, drawn. */
export function drawnChanges(count: number, keys: number, random: () => number): Change[] {
  return Array.from({ length: count }, (_, n) => {
    const id = `key-${Math.floor(random() * keys)}`;
    return random() < 0.2 ? remove(id, n) : put(id, n);
  });
}
